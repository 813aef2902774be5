using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>The commands of the pages, run as they stand with default settings; their answers are those of the
/// pages.</summary>
public sealed class CommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// The other tests start the built program in place of <c>dotnet run --project Silo</c>: this one is why they may.
    /// </summary>
    [Fact]
    public async Task Dotnet_run_starts_the_program_in_the_folder_of_its_caller()
    {
        using var work = new WorkFolder();

        var folder = await work.RunAsync(
            $"dotnet msbuild '{Repository.Path("Silo/Silo.csproj")}' -getProperty:RunWorkingDirectory");

        Assert.Equal("", folder.Trim());
    }

    [Fact]
    public async Task The_first_commands_of_the_README_start_a_server_with_its_data_beside_it_and_the_demo()
    {
        using var work = new WorkFolder();
        var lines = Of("README.md", "dotnet run --project Silo  ").Split('\n');
        Assert.StartsWith("dotnet run --project Silo -- --demo   # the same, with a week of 1,707 earthquakes",
            lines[1], StringComparison.Ordinal);
        Assert.StartsWith("./test.sh", lines[2], StringComparison.Ordinal);

        await using (await work.StartAsync(lines[0]))
            Assert.True(Directory.Exists(work.PathOf("data")));
        await using var demo = await work.StartAsync(lines[1]);

        using var ledger = JsonDocument.Parse(
            await demo.Http.GetStringAsync(new Uri("api/v1/ledger", UriKind.Relative), Cancellation));
        Assert.Equal(1_707, ledger.RootElement.GetProperty("accepted").GetInt32());
        foreach (var path in new[] { "", "docs", "openapi/v1.json" })
            Assert.True((await demo.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation)).IsSuccessStatusCode,
                path);
        Assert.Contains("--config", await work.RunAsync("tributary --help"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_README_posts_is_read_back_as_it_says()
    {
        using var work = new WorkFolder();
        await using var server = await work.StartAsync("dotnet run --project Silo");
        foreach (var (command, answer) in Answers.Dialogue(Of("README.md", "$ curl -s http")))
        {
            var printed = await work.RunAsync(command);
            if (answer.Length > 0)
                Assert.Equal(Answers.Mask(answer), Answers.Mask(printed));
            else
                Assert.True(JsonDocument.Parse(printed).RootElement.GetProperty("matches").GetBoolean());
        }

        // "The first request sent again gets the same answer and stores nothing. The same key with another body gets
        // 422."
        var (post, _) = Answers.Dialogue(Of("README.md", "$ curl -s http")).First();
        Assert.Equal(await work.RunAsync(post), await work.RunAsync(post));
        Assert.Contains("\"status\":422", await work.RunAsync(post.Replace("21.50", "22", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_README_counts_is_counted()
    {
        using var work = new WorkFolder();
        work.Write("counting.yaml",
            DocumentPage.Of("README.md").Examples.First(example => example.Language == "yaml").Text);
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config counting.yaml");

        await work.RunAsync(Answers.Dialogue(Of("README.md", "$ curl -s http")).First().Command);

        var row = Assert.Single(
            await StoredMessages.ReadAggregateAsync(server.Http, "celsius-by-sensor", Cancellation));
        Assert.Equal("s-7", row.GetProperty("group").GetProperty("sensor").GetString());
        Assert.Equal(1, row.GetProperty("measures").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task The_pipeline_of_the_README_makes_records()
    {
        using var work = new WorkFolder();
        var lines = Of("README.md", "dotnet run --project Silo -- --config samples/pipeline.yaml")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await using var server = await work.StartAsync(lines[0]);

        await work.RunAsync(lines[1]);
        using (await Ledger.WaitAsync(server.Http, ledger => Ledger.Count(ledger, "completed") == 1, Cancellation))
            Assert.Contains("\"item\":\"quakes\"", await work.RunAsync(lines[2]), StringComparison.Ordinal);

        var row = Assert.Single(await StoredMessages.ReadAggregateAsync(server.Http, "sizes", Cancellation));
        Assert.Equal(new FileInfo(Repository.Path("samples/earthquakes.ndjson")).Length, row.GetProperty("measures")
            .GetProperty("sum").GetInt64());

        // The comments of the sample say the same, and one thing more.
        foreach (var command in File.ReadLines(work.PathOf("samples/pipeline.yaml"))
            .Where(line => line.StartsWith("#   curl", StringComparison.Ordinal)))
            Assert.DoesNotContain("\"code\":", await work.RunAsync(command[1..].Trim()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_requests_of_the_page_on_REST_are_answered_as_it_says()
    {
        using var work = new WorkFolder();
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config samples/pipeline.yaml");
        var failures = Of("docs/rest.md", "curl 'http").Split("\n\n");
        work.Write("samples/shot.jpg", "no picture, whatever its name says");
        await work.RunAsync(
            "curl -s http://127.0.0.1:8888/api/v1/messages -H 'Content-Type: application/json' -d '{\"path\":\"no "
            + "id\"}'");
        var printed = await work.RunAsync(failures[0] + " -s");
        Assert.Equal(Keys(JsonElement.Parse(failures[1])), Keys(JsonElement.Parse(printed)));
        var parked = JsonElement.Parse(
            await work.RunAsync(failures[0].Replace("&plugin=exif", "", StringComparison.Ordinal) + " -s"));
        Assert.Equal(Keys(JsonElement.Parse(failures[1]).GetProperty("failures")[0]),
            Keys(parked.GetProperty("failures")[0]));
    }

    [Fact]
    public async Task The_posts_of_the_page_on_REST_are_answered_as_it_says()
    {
        using var work = new WorkFolder();
        await using var server = await work.StartAsync("dotnet run --project Silo");
        var (post, answer) = Of("docs/rest.md", "curl -i http").Split("\n\n") is [var first, var second]
            ? (first, second) : throw new InvalidOperationException("The example has other parts.");
        var printed = await work.RunAsync(post + " -s");
        Assert.StartsWith(answer.Split('\n')[0], printed, StringComparison.Ordinal);
        Assert.EndsWith(Answers.Mask(answer.Split('\n')[1]), Answers.Mask(printed), StringComparison.Ordinal);

        var batch = await work.RunAsync(
            "printf '{\"a\":1}\\nbad\\n' | curl -s http://127.0.0.1:8888/api/v1/messages/batch -H 'Content-Type: "
            + "application/x-ndjson' --data-binary @-");
        Assert.Equal(Answers.Mask(Of("docs/rest.md", "{\"line\":1")), Answers.Mask(batch));
    }

    [Fact]
    public async Task The_errors_of_the_pages_are_those_that_are_given()
    {
        using var work = new WorkFolder();
        work.Write("tributary.yaml", "api:\n  urls:\n    - 127.0.0.1\n");
        var printed = await work.RunAsync(
            "unset TRIBUTARY__API__URLS; TRIBUTARY__LOGGING__LEVEL=loud tributary --config tributary.yaml 2>&1 || echo "
            + "\"code $?\"");
        Assert.Equal(Of("docs/configuration.md", "tributary: the configuration is wrong").Trim() + "\ncode 2",
            printed.Trim());

        work.Write("wrong.yaml", """
            aggregates:
              - {name: a, measures: [{name: n, kind: count}]}
              - {name: b, measures: [{name: n, kind: avg, pointer: /x}]}
            """);
        Assert.Contains(Of("docs/aggregates.md", "aggregates[1]").Trim(),
            await work.RunAsync("tributary --config wrong.yaml 2>&1 || true"), StringComparison.Ordinal);
        work.Write("one.yaml", "{}\n");
        await using var server = await work.StartAsync("tributary --config one.yaml");
        var error = DocumentPage.Of("docs/errors.md").Examples.First(example => example.Language == "json").Text;
        Assert.Equal(error.Trim(),
            (await work.RunAsync("curl -s 'http://127.0.0.1:8888/api/v1/messages?offset=0&limit=0'")).Trim());
    }

    private static string Of(string page, string start) =>
        DocumentPage.Of(page).Examples.Single(example => example.Text.StartsWith(start, StringComparison.Ordinal)).Text;

    private static IEnumerable<string> Keys(JsonElement json) => json.EnumerateObject().Select(field => field.Name);
}
