namespace Tributary.Silo.Tests.Pipeline;

/// <summary>Which plugins run, and what each is told.</summary>
public sealed class PluginChoiceTests : IDisposable
{
    private const string Rest = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id}, data_location: {key: path}}}
        data_store: {type: disk, root: '${CONTENT}'}

        """;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plugin_is_told_the_main_configuration_and_over_it_its_own()
    {
        const string Main = Rest + """
            plugins: plugins
            custom: {place: '${PLACE}', level: {a: main, b: main}}
            plugin: {echo: {most: 5, least: 1}}

            """;
        const string Own = """
            exec: {command: /usr/bin/python3, arguments: [echo.py], version: '1', media_types: ['text/*']}
            plugin: {most: 3}
            custom: {level: {b: '${OWN}'}}

            """;
        await using var server = await PipelineServer.StartNewAsync(
            Main,
            new Dictionary<string, string> { ["PLACE"] = "here", ["OWN"] = "own" },
            main => ExecPrograms.Write(main, "echo", Own, ExecPrograms.Echo));
        await server.WriteAsync("a.txt", "hello");

        await server.PostAsync("""{"id":"item-1","path":"a.txt"}""");

        await server.WaitAsync("completed", 1);
        Assert.Equal(
            """{"most":3,"least":1,"custom":{"place":"here","level":{"a":"main","b":"own"}}}""",
            (await server.RecordAsync("echo", "item-1")).GetRawText().Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_variable_PLUGIN_is_stronger_than_active_plugins()
    {
        await using var server = await PipelineServer.StartNewAsync(
            Rest + "active_plugins: [sizes, exif]\n", new Dictionary<string, string> { ["PLUGIN"] = "hashes, sizes" });
        var states = await server.PluginsAsync();
        Assert.Equal(
            ["hashes", "sizes"], states.Where(plugin => plugin.Value == "ACTIVE").Select(plugin => plugin.Key).Order());
        Assert.Equal(
            ["datatypes", "duplicates", "exif"],
            states.Where(plugin => plugin.Value == "INACTIVE").Select(plugin => plugin.Key).Order());
    }

    [Fact]
    public async Task Disabled_plugins_do_not_run()
    {
        await using var server = await PipelineServer.StartNewAsync(
            Rest + "active_plugins: [sizes, exif]\ndisabled_plugins: exif\n");
        Assert.Equal("sizes", Assert.Single(await server.PluginsAsync(), plugin => plugin.Value == "ACTIVE").Key);
    }

    [Fact]
    public async Task A_broken_folder_is_reported_and_the_others_run()
    {
        await using var server = await PipelineServer.StartNewAsync(Rest + "plugins: plugins\n", prepare: main =>
        {
            ExecPrograms.Write(main, "broken", "exec: {command: 5}\n", "");
            ExecPrograms.Write(main, "torn", "exec: [\n", "");
            ExecPrograms.Write(
                main,
                "good",
                "exec: {command: /usr/bin/python3, arguments: [good.py], version: '1', media_types: ['text/*']}\n",
                ExecPrograms.Echo);
        });
        var states = await server.PluginsAsync();
        Assert.Equal("FAILED", states["broken"]);
        Assert.Equal("FAILED", states["torn"]);
        Assert.Equal("ACTIVE", states["good"]);
        Assert.Equal("ACTIVE", states["hashes"]);
    }

    [Theory]
    [InlineData("active_plugins: [hashes, thumbnails]", null)]
    [InlineData("disabled_plugins: [thumbnails]", null)]
    [InlineData("active_plugins: [hashes]", "thumbnails")]
    public async Task A_plugin_that_there_is_not_ends_the_start(string yaml, string? variable)
    {
        var file = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(file, Rest + yaml, Cancellation);
        var environment = new Dictionary<string, string>
        {
            ["CFG_FILE"] = file,
            ["CONTENT"] = folder.Path,
            ["PLUGIN"] = variable ?? "",
        };

        var (code, errors, _) = await Executable.RunAsync(
            folder.Path, ["--urls", "http://127.0.0.1:0", "--log-level", "error"], environment, Cancellation);

        Assert.Equal(2, code);
        Assert.Contains(
            "There is no plugin \"thumbnails\"; there are: datatypes, duplicates, exif, hashes, sizes.",
            errors,
            StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.Path, "data", "scratch")));
    }

    public void Dispose() => folder.Dispose();
}
