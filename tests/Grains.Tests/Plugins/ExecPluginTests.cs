using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>Programs as plugins, with a real Python.</summary>
public sealed class ExecPluginTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginFiles files = new();
    private readonly PluginBench bench = new();
    private PluginHost? host;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        files.Dispose();
    }

    [Fact]
    public async Task A_request_carries_all_that_a_plugin_may_know_and_no_variable_beyond_the_few()
    {
        Environment.SetEnvironmentVariable("TRIBUTARY_TEST_SECRET", "hush");
        await StartAsync();
        var context = PluginBench.Context("plain");
        var body = "{\n \"a\": 1.50,\r\n \"b\": \"line\\nbreak\" }"u8.ToArray();
        var full = new PluginContext(() => new MemoryStream("plain"u8.ToArray()))
        {
            Message = context.Message with { ExternalId = "e-1", Body = body },
            Metadata = JsonElement.Parse("""{"x": [1, "é"]}"""),
            MediaType = "text/plain",
            ContentLength = 5,
            ContentSha256 = context.ContentSha256,
            ContentLocation = "file.txt",
        };

        var record = RecordOf(await RunAsync(full));

        var request = record.GetProperty("request");
        var message = request.GetProperty("message");
        Assert.Equal(context.Message.Id.ToString(), message.GetProperty("id").GetString());
        Assert.Equal(
            ["test", "item-1", "e-1", "application/json"],
            new[] { "source", "item", "external_id", "media_type" }
                .Select(key => message.GetProperty(key).GetString()));
        Assert.Equal("line\nbreak", message.GetProperty("body").GetProperty("b").GetString());
        Assert.Equal("é", request.GetProperty("metadata").GetProperty("x")[1].GetString());
        Assert.Equal(
            ["text/plain", context.ContentSha256, "file.txt"],
            new[] { "media_type", "sha256", "content_location" }.Select(key => request.GetProperty(key).GetString()));
        Assert.Equal(5, request.GetProperty("content_length").GetInt32());
        Assert.False(record.GetProperty("env").TryGetProperty("TRIBUTARY_TEST_SECRET", out _));
        Assert.Equal("given", record.GetProperty("env").GetProperty("GIVEN").GetString());
        Assert.Empty(Directory.EnumerateFiles(files.Temp));
    }

    [Fact]
    public async Task Content_that_lies_in_a_file_is_read_where_it_lies()
    {
        await StartAsync();
        var path = files.Add("content", "data.txt", "there");
        var context = PluginBench.Context("not this");
        var inFile = new PluginContext(() => throw new InvalidOperationException("Nobody opens it."))
        {
            Message = context.Message,
            MediaType = "text/plain",
            ContentLength = 5,
            ContentSha256 = context.ContentSha256,
            ContentPath = path,
        };

        Assert.Equal(
            path, RecordOf(await RunAsync(inFile)).GetProperty("request").GetProperty("content_path").GetString());
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task One_program_answers_one_message_after_the_other()
    {
        await StartAsync();

        var ids = new HashSet<int>();
        for (var i = 0; i < 20; i++)
            ids.Add(ProcessOf(await RunAsync(PluginBench.Context("plain", number: i))));

        Assert.Single(ids);
    }

    [Fact]
    public async Task Commands_of_a_program_are_run()
    {
        await StartAsync();

        Assert.Null((await RunAsync(PluginBench.Context("command"))).Error);

        Assert.Equal(["x", 1L, 2.5, true, null, new byte[] { 1, 2 }], Assert.Single(bench.Tables.Commands).Parameters);
    }

    [Theory]
    [InlineData("fail", "plugin_failed: Not today.", false)]
    [InlineData("fail, retry", "plugin_failed: Later.", true)]
    [InlineData("no object", "plugin_result_invalid: records[0] is not one JSON object.", false)]
    public async Task A_program_that_reports_a_failure_goes_on(string content, string error, bool mayHelp)
    {
        await StartAsync();
        var before = ProcessOf(await RunAsync(PluginBench.Context("plain")));

        var run = await RunAsync(PluginBench.Context(content));

        Assert.StartsWith(error, run.Error);
        Assert.Equal(mayHelp, run.MayHelpToRetry);
        Assert.Equal(before, ProcessOf(await RunAsync(PluginBench.Context("plain"))));
    }

    [Theory]
    [InlineData("rubbish", "found \"hello, world\"; allowed: one JSON object per line")]
    [InlineData("long", "a line of more than 4096 bytes")]
    [InlineData("other", "id: found ")]
    [InlineData("unknown key", "recrods: found an unknown key; allowed: id, records, contributions, commands, error.")]
    public async Task A_program_that_answers_badly_is_started_anew(string content, string error)
    {
        await StartAsync();
        var before = ProcessOf(await RunAsync(PluginBench.Context("plain")));

        var run = await RunAsync(PluginBench.Context(content));

        Assert.StartsWith("plugin_failed: The program's answer cannot be used: " + error, run.Error);
        Assert.False(IsThere(before));
        Assert.NotEqual(before, ProcessOf(await RunAsync(PluginBench.Context("plain"))));
    }

    [Fact]
    public async Task A_crash_costs_one_more_try_and_a_second_one_fails_the_message()
    {
        await StartAsync();

        Assert.Null((await RunAsync(PluginBench.Context("crash once"))).Error);
        var poisonous = await RunAsync(PluginBench.Context("crash"));
        var next = await RunAsync(PluginBench.Context("plain"));

        Assert.Equal(
            "plugin_failed: The program ended without an answer, and again when it was started anew (exit code 3; exit "
            + "code 3).", poisonous.Error);
        Assert.False(poisonous.MayHelpToRetry);
        Assert.Null(next.Error);
        Assert.Equal(3, LogCount("plugin obstinate: about to crash"));
    }

    [Fact]
    public async Task A_program_that_ends_with_every_message_may_be_repaired_and_is_tried_again()
    {
        files.Add(
            "lost",
            "plugin.json",
            """{"exec": {"command": "python3", "arguments": ["missing.py"], "version": "1", "media_types": "*/*"}}""");
        host = await bench.StartAsync([.. files.Load().Sources]);
        host.Bind(PluginBench.Register(host.Proposals));

        var first = await RunAsync(PluginBench.Context("a"));
        var second = await RunAsync(PluginBench.Context("b"));

        Assert.EndsWith("(exit code 2; exit code 2).", first.Error);
        Assert.Equal((false, true), (first.MayHelpToRetry, second.MayHelpToRetry));
        Assert.Contains(bench.Log, line => line.Contains("missing.py"));
    }

    [Fact]
    public async Task A_program_that_hangs_is_killed_with_all_that_it_started()
    {
        await StartAsync();
        var running = RunAsync(PluginBench.Context("hang"));
        var said = await LoggedAsync("plugin obstinate: hanging ");
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        var run = await running;

        Assert.Equal("plugin_timeout: The plugin took longer than 60 s.", run.Error);
        var processes = said.Split(' ')[^2..].Select(int.Parse).ToList();
        Assert.False(IsThere(processes[0]));
        // Whoever adopts the orphan takes it off the list; that it was killed shows when it is gone or waits for that.
        Assert.True(!IsThere(processes[1]) || File.ReadAllText($"/proc/{processes[1]}/stat").Contains(") Z "));
        Assert.Equal(0, host!.Statuses[0].Counts.HeldThreads);
        Assert.Null((await RunAsync(PluginBench.Context("plain"))).Error);
    }

    [Fact]
    public async Task Workers_end_with_the_host_by_the_end_of_their_input()
    {
        var goodbye = Path.Combine(files.Temp, "goodbye");
        await StartAsync(goodbye);
        var process = ProcessOf(await RunAsync(PluginBench.Context("plain")));

        await host!.DisposeAsync();

        Assert.False(IsThere(process));
        Assert.Equal("ended by the end of its input", File.ReadAllText(goodbye));
        File.Delete(goodbye);
    }

    [Fact]
    public async Task As_many_programs_as_workers_run_at_once()
    {
        await StartAsync(workers: 2);
        var hanging = RunAsync(PluginBench.Context("hang"));
        await LoggedAsync("plugin obstinate: hanging ");

        Assert.Null((await RunAsync(PluginBench.Context("plain"))).Error);

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.StartsWith("plugin_timeout", (await hanging).Error);
    }

    [Fact]
    public async Task A_program_that_cannot_be_run_is_reported_at_the_start()
    {
        files.Add(
            "gone",
            "plugin.json",
            """{"exec": {"command": "no-such-program-here", "version": "1", "media_types": "*/*"}}""");
        host = await bench.StartAsync([.. files.Load().Sources]);

        Assert.StartsWith(
            "plugin_not_started: The program \"no-such-program-here\" cannot be run", host.Statuses[0].Reason);
    }

    [Theory]
    [InlineData(
        """{"version": "1", "media_types": "*/*"}""", "exec.command: found nothing; allowed: a program on the PATH")]
    [InlineData(
        """{"command": "x", "media_types": "*/*"}""", "exec.version: found nothing; allowed: a text that changes")]
    [InlineData("""{"command": "x", "version": "1"}""", "exec.media_types: found nothing; allowed: a list of 1 to 256")]
    [InlineData(
        """{"command": "x", "version": "1", "media_types": "*/*", "workers": 0}""",
        "exec.workers: found 0; allowed: a whole number from 1 to 64")]
    [InlineData("""{"comand": "x"}""", "exec.comand: found an unknown key; allowed: name, version, command")]
    public void A_wrong_section_is_reported_with_what_is_allowed(string exec, string expected)
    {
        files.Add("wrong", "plugin.json", $$"""{"exec": {{exec}}}""");

        Assert.StartsWith("configuration_invalid: " + expected, Assert.Single(files.Load().Faults).Reason);
    }

    private async Task StartAsync(string? goodbye = null, int workers = 1)
    {
        files.Add(
            "obstinate", "obstinate.py", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "obstinate.py")));
        files.Add(
            "obstinate",
            "plugin.json",
            JsonSerializer.Serialize(
                new
                {
                    exec = new
                    {
                        command = "python3",
                        arguments = new[] { "obstinate.py" },
                        version = "1",
                        media_types = new[] { "text/*" },
                        workers,
                        max_line_bytes = 4096,
                        environment = goodbye is null
                            ? new Dictionary<string, string> { ["GIVEN"] = "given" }
                            : new Dictionary<string, string> { ["SAY_GOODBYE"] = goodbye },
                    },
                    plugin = new { folder = files.Root },
                }));
        host = await bench.StartAsync([.. files.Load().Sources]);
        host.Bind(PluginBench.Register(host.Proposals));
        Assert.Equal(PluginState.Active, host.Statuses[0].State);
    }

    private async Task<PluginRun> RunAsync(PluginContext context) =>
        await host!.Active.Plugins[0].RunAsync(context, Cancellation);

    private static JsonElement RecordOf(PluginRun run)
    {
        Assert.Null(run.Error);
        return JsonElement.Parse(Assert.Single(run.Result.Records).Json.Span);
    }

    private static int ProcessOf(PluginRun run) => RecordOf(run).GetProperty("pid").GetInt32();

    private static bool IsThere(int process) => Directory.Exists($"/proc/{process}");

    private int LogCount(string line)
    {
        lock (bench.Log)
            return bench.Log.Count(one => one == line);
    }

    private async Task<string> LoggedAsync(string start)
    {
        string? found = null;
        await Waiting.UntilAsync(() =>
        {
            lock (bench.Log)
                found = bench.Log.Find(line => line.StartsWith(start, StringComparison.Ordinal));
            return found is not null;
        });
        return found!;
    }
}
