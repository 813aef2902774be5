using Tributary.Plugins;
using Tributary.Storage;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>What becomes of one run: faults, results out of bounds, commands.</summary>
public sealed class PluginRunTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginBench bench = new();

    [Fact]
    public async Task An_exception_fails_this_plugins_part_only_and_does_not_help_to_retry()
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => throw new InvalidOperationException("bad\nluck")),
            new FakePlugin("b", _ => PluginBench.Records("""{"b":1}""")),
            new FakePlugin("c", async (_, _) =>
            {
                await Task.Yield();
                throw new FormatException("late");
            }));

        var runs = await PluginHostTests.RunAllAsync(host);

        Assert.Equal(
            ("plugin_failed: InvalidOperationException: bad luck", false), (runs["a"].Error, runs["a"].MayHelpToRetry));
        Assert.Single(runs["b"].Result.Records);
        Assert.Equal("plugin_failed: FormatException: late", runs["c"].Error);
        Assert.Equal(
            (1L, 1L, 0L),
            (host.Statuses[0].Counts.Runs, host.Statuses[0].Counts.Failures, host.Statuses[0].Counts.Timeouts));
        Assert.Equal((1L, 0L), (host.Statuses[1].Counts.Runs, host.Statuses[1].Counts.Failures));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plugin_says_itself_whether_to_retry(bool mayHelp)
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => throw new PluginException("The service is away.", mayHelp)));

        var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);

        Assert.Equal(("plugin_failed: The service is away.", mayHelp), (run.Error, run.MayHelpToRetry));
    }

    public static TheoryData<string, PluginResult?> Rubbish =>
        new()
        {
            { "The result is null", null },
            {
                "The records are null",
                new PluginResult { Records = null! }
            },
            {
                "records[0] is null",
                new PluginResult { Records = [null!] }
            },
            {
                "The records are 1001; allowed: a list of at most 1000",
                PluginBench.Records([.. Enumerable.Repeat("{}", 1001)])
            },
            { "records[1] is not one JSON object. The body is an array", PluginBench.Records("{}", "[1]") },
            { "records[0] is not one JSON object. The body is not JSON: line 1, byte 2", PluginBench.Records("{x}") },
            { "records[0] is not one JSON object. The body is not JSON", PluginBench.Records("") },
            { "records[0] is not one JSON object. The body is not JSON", PluginBench.Records("{}{}") },
            {
                "records[0] is not one JSON object. The body is not UTF-8: byte 3",
                new PluginResult { Records = [new PluginRecord(new byte[] { (byte)'{', (byte)'"', 0xff })] }
            },
            {
                "records[0].key is",
                new PluginResult { Records = [new PluginRecord("{}"u8.ToArray(), new string('k', 513))] }
            },
            {
                "records[0].key is null",
                new PluginResult { Records = [new PluginRecord("{}"u8.ToArray(), null!)] }
            },
            {
                "records[1].key is \"k\" a second time",
                new PluginResult
                {
                    Records = [new PluginRecord("{}"u8.ToArray(), "k"), new PluginRecord("{}"u8.ToArray(), "k")],
                }
            },
            {
                "The records have more than 4194304 bytes",
                PluginBench.Records($$"""{"a":"{{new string('a', 4 << 20)}}"}""")
            },
            { "contributions[0].aggregate is \"other\"; allowed: kinds", PluginBench.Contribution("other", "{}") },
            { "contributions[0].aggregate is null", PluginBench.Contribution(null!, "{}") },
            { "contributions[0] to \"kinds\" is not one JSON object", PluginBench.Contribution("kinds", "7") },
            {
                "The contributions have more than 4194304 bytes",
                PluginBench.Contribution("kinds", $$"""{"a":"{{new string('a', 4 << 20)}}"}""")
            },
            {
                "commands[0].sql is empty",
                new PluginResult { Commands = [new PluginCommand(" ", [])] }
            },
            {
                "commands[0].parameters are null",
                new PluginResult { Commands = [new PluginCommand("x", null!)] }
            },
            {
                "commands[0].parameters[1] is a Decimal; allowed: null, string, long, double, bool, byte[]",
                new PluginResult { Commands = [new PluginCommand("x", [null, 1m])] }
            },
            {
                "The commands have more than 4194304 bytes",
                new PluginResult { Commands = [new PluginCommand("x", [new byte[4 << 20]])] }
            },
        };

    [Theory]
    [MemberData(nameof(Rubbish), DisableDiscoveryEnumeration = true)]
    public async Task A_result_out_of_bounds_is_refused_with_what_is_allowed(string expected, PluginResult? result)
    {
        var host = await bench.BoundAsync(new FakePlugin("a", _ => result!) { Aggregates = PluginBench.CountByKind });

        var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);

        Assert.StartsWith("plugin_result_invalid: " + expected, run.Error);
        Assert.False(run.MayHelpToRetry);
        Assert.Empty(run.Result.Records);
        Assert.Empty(run.Contributions);
        Assert.Empty(bench.Tables.Commands);
    }

    [Fact]
    public async Task A_result_is_the_hosts_own_once_it_is_returned()
    {
        var records = new List<PluginRecord> { new("""{"a":1}"""u8.ToArray()) };
        var host = await bench.BoundAsync(new FakePlugin("a", _ => new PluginResult { Records = records }));

        var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);
        records.Clear();

        Assert.Single(run.Result.Records);
    }

    [Fact]
    public async Task Commands_count_once_however_often_the_plugin_runs()
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => new PluginResult
            {
                Commands = [new PluginCommand("insert", ["x", 1L, 2.5, true, null, new byte[] { 1 }])],
            }));

        for (var i = 0; i < 3; i++)
            Assert.Null((await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation)).Error);

        Assert.Equal(6, Assert.Single(bench.Tables.Commands).Parameters.Count);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_worth_another_try_and_bad_commands_are_not()
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => new PluginResult { Commands = [new PluginCommand("insert", [])] }));
        async Task<(string?, bool)> RunAsync(Exception fault)
        {
            bench.Tables.Fault = fault;
            var run = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);
            return (run.Error, run.MayHelpToRetry);
        }

        Assert.Equal(("store_transient: away", true), await RunAsync(new StoreException(StoreFault.Transient, "away")));
        Assert.Equal(
            ("plugin_commands_failed: no such table", false),
            await RunAsync(new PluginException("no such table", mayHelpToRetry: false)));
        Assert.Equal(
            ("plugin_commands_failed: locked", true),
            await RunAsync(new PluginException("locked", mayHelpToRetry: true)));
        Assert.Equal(3, host.Statuses[0].Counts.Failures);
        Assert.Equal(3, host.Statuses[0].Counts.Runs);
    }

    [Theory]
    [InlineData("image/jpeg", true)]
    [InlineData("image/x-anything", true)]
    [InlineData("text/csv", true)]
    [InlineData("text/plain", false)]
    [InlineData("images/jpeg", false)]
    public async Task A_plugin_accepts_what_its_patterns_say(string mediaType, bool accepted)
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => PluginResult.Empty) { MediaTypes = ["image/*", "text/csv"] });

        Assert.Equal(accepted, host.Active.Plugins[0].Accepts(mediaType));
    }
}
