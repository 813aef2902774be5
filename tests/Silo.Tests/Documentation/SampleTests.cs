using System.IO.Compression;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>Every sample, put to use as its page says, beside the default folder of data.</summary>
public sealed class SampleTests
{
    private const string Pipeline = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id, required: true}, data_location: {key: path, required: true}}}
        data_store: {type: disk, root: content}
        plugins: plugins
        active_plugins: [NAME]

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_plugin_in_Python_is_copied_and_runs()
    {
        using var work = new WorkFolder();
        await work.RunAsync("mkdir -p plugins && cp -r samples/plugin-python plugins/words");
        work.Write("content/hamlet.txt", "To be, or not to be:\nthat is the question.\n");
        work.Write("tributary.yaml", Pipeline.Replace("NAME", "words", StringComparison.Ordinal));
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml");

        var record = await ProcessAsync(work, server, "hamlet.txt", "words");

        Assert.Equal(10, record.GetProperty("words").GetInt32());
        Assert.Single(await StoredMessages.ReadAggregateAsync(server.Http, "texts", Cancellation));
    }

    [Fact]
    public async Task A_program_finds_its_content_though_the_folder_of_data_is_relative()
    {
        using var work = new WorkFolder();
        await work.RunAsync("mkdir -p plugins && cp -r samples/plugin-python plugins/words");
        // Larger than what is kept in memory, so that the content is a scratch file.
        work.Write("content/long.txt", string.Concat(Enumerable.Repeat("word ", 100_000)));
        work.Write("tributary.yaml",
            Pipeline.Replace("NAME", "words", StringComparison.Ordinal) + "processing: {memory_bytes: 1000}\n");
        await using var server =
            await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml --data relative/data");

        Assert.Equal(100_000, (await ProcessAsync(work, server, "long.txt", "words")).GetProperty("words").GetInt32());
        Assert.True(Directory.Exists(work.PathOf("relative/data")));
    }

    [Fact]
    public async Task The_plugin_in_CSharp_is_copied_and_runs()
    {
        using var work = new WorkFolder();
        var commands = DocumentPage.Of("docs/plugins.md").Examples.Single(
            example => example.Text.StartsWith("dotnet build", StringComparison.Ordinal)).Text;
        await work.RunAsync(WithoutBuild(commands, "samples/plugin-csharp"));
        Directory.CreateDirectory(work.PathOf("content"));
        await using (var archive =
            await ZipFile.OpenAsync(work.PathOf("content/two.zip"), ZipArchiveMode.Create, Cancellation))
        {
            archive.CreateEntry("a.txt");
            archive.CreateEntry("b.txt");
        }

        work.Write("tributary.yaml", Pipeline.Replace("NAME", "archive", StringComparison.Ordinal));
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml");

        var record = await ProcessAsync(work, server, "two.zip", "archive");
        Assert.Contains("b.txt", record.GetRawText(), StringComparison.Ordinal);
        Assert.Single(await StoredMessages.ReadAggregateAsync(server.Http, "archive-entries", Cancellation));
    }

    [Fact]
    public async Task The_connector_for_metadata_is_built_named_and_read()
    {
        using var work = new WorkFolder();
        var page = DocumentPage.Of("samples/connector-folder-metadata/README.md");
        await work.RunAsync(WithoutBuild(page.Examples.First().Text, "samples/connector-folder-metadata"));
        // The page's folder of scans is one of this work folder.
        var configured = page.Examples.Single(example => example.Language == "yaml").Text.Replace(
            "/var/lib/scans", work.PathOf("scans"), StringComparison.Ordinal);
        work.Write("scans/cat.tif", "no picture");
        work.Write("scans/cat.tif.json", """{"mime":{"type":"image/x-cat"}}""");
        work.Write("tributary.yaml", configured + """
            broker: {type: rest}
            message: {mime: {path: mime.type}, fields: {uuid: {key: id}, data_location: {key: path},
              meta_location: {key: path}}}
            data_store: {type: disk, root: scans}
            active_plugins: [datatypes]

            """);
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml");

        Assert.Equal("image/x-cat", (await ProcessAsync(work, server, "cat.tif", "datatypes")).GetProperty("media_type")
            .GetString());
    }

    [Fact]
    public async Task The_demos_configuration_is_one_of_its_own()
    {
        using var work = new WorkFolder();
        await using var server = await work.StartAsync("tributary --config samples/demo.yaml");
        await work.RunAsync(
            "curl -s 'http://127.0.0.1:8888/api/v1/messages/batch?source=earthquakes' -H 'Content-Type: "
            + "application/x-ndjson' --data-binary @samples/earthquakes.ndjson -o answers.ndjson");

        Assert.Equal(1_707, File.ReadLines(work.PathOf("answers.ndjson"))
            .Count(line => line.Contains("\"status\":202", StringComparison.Ordinal)));
        var rows = await StoredMessages.ReadAggregateAsync(server.Http, "quakes-by-network", Cancellation);
        Assert.Equal(1_707, rows.Sum(row => row.GetProperty("measures").GetProperty("count").GetInt32()));
    }

    private static async Task<JsonElement> ProcessAsync(
        WorkFolder work, DocumentedServer server, string file, string plugin)
    {
        await work.RunAsync(
            "curl -sf http://127.0.0.1:8888/api/v1/messages -H 'Content-Type: application/json' -d "
            + $"'{{\"id\":\"one\",\"path\":\"{file}\"}}'");
        using var ledger = await Ledger.WaitAsync(
            server.Http, ledger => Ledger.Count(ledger, "processing") == 0, Cancellation);
        Assert.True(Ledger.Count(ledger, "completed") == 1,
            await work.RunAsync("curl -s http://127.0.0.1:8888/api/v1/failures"));
        var records = JsonElement.Parse(await work.RunAsync($"curl -s http://127.0.0.1:8888/api/v1/records/{plugin}"));
        return Assert.Single(records.GetProperty("records").EnumerateArray()).GetProperty("document").Clone();
    }

    // The sample was built with these tests; that its project is what the page builds is checked here.
    private static string WithoutBuild(string commands, string project)
    {
        var build = $"dotnet build {project} -c Release\n";
        Assert.StartsWith(build, commands, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Repository.Path(project), "*.csproj"));
        return commands[build.Length..] is { Length: > 0 } rest ? rest : "true";
    }
}
