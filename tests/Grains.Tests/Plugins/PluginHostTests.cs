using System.Text;
using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Grains.Tests.Plugins;

public sealed class PluginHostTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginBench bench = new();

    [Fact]
    public async Task A_result_becomes_records_and_contributions_to_the_bound_generations()
    {
        var plugin = new FakePlugin("words", _ => new PluginResult
        {
            Records = [new PluginRecord("""{"a":1}"""u8.ToArray())],
            Contributions = [new PluginContribution("kinds", """{"kind":"x"}"""u8.ToArray())],
        }) { Aggregates = PluginBench.CountByKind };
        var host = await bench.StartAsync(PluginBench.Source(plugin));
        host.Bind(PluginBench.Register(host.Proposals, firstId: 7));

        var active = Assert.Single(host.Active.Plugins);
        var run = await active.RunAsync(PluginBench.Context(), Cancellation);

        Assert.Null(run.Error);
        Assert.Equal(7, active.Generation);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(Assert.Single(run.Result.Records).Json.Span));
        var contribution = Assert.Single(run.Contributions);
        Assert.Equal(8, contribution.Generation);
        Assert.Equal("""8/0/["x"]""", contribution.Aggregate.Key);
    }

    [Fact]
    public async Task Results_are_added_to_all_generations_that_are_fed_each_with_its_own_aggregates()
    {
        static FakePlugin Plugin(string version) =>
            new("words", _ => PluginBench.Contribution("kinds", """{"kind":"x"}"""))
            {
                Version = version,
                Aggregates = PluginBench.CountByKind,
            };
        var former = await bench.StartAsync(PluginBench.Source(Plugin("1")));
        var host = await bench.StartAsync(PluginBench.Source(Plugin("2")));
        host.Bind([.. PluginBench.Register(former.Proposals), .. PluginBench.Register(host.Proposals, firstId: 11)]);

        var active = Assert.Single(host.Active.Plugins);
        var run = await active.RunAsync(PluginBench.Context(), Cancellation);

        Assert.Equal(11, active.Generation);
        Assert.Equal([2, 12], run.Contributions.Select(one => one.Generation).Order());
        Assert.Equal([(1, 2), (11, 12)], active.Fed.Select(one => (one.Plugin, Assert.Single(one.Aggregates))));
    }

    [Fact]
    public async Task A_set_that_was_taken_keeps_its_generations_when_there_are_new_ones()
    {
        var host = await bench.StartAsync(PluginBench.Source(new FakePlugin("a", _ => PluginResult.Empty)));
        Assert.Equal(new ActivePlugins(0, []).Number, host.Active.Number);
        host.Bind(PluginBench.Register(host.Proposals));
        var first = host.Active;
        host.Bind(PluginBench.Register(host.Proposals, firstId: 5));

        Assert.Equal((1, 1), (first.Number, first.Plugins[0].Generation));
        Assert.Equal((2, 5), (host.Active.Number, host.Active.Plugins[0].Generation));
    }

    [Fact]
    public async Task A_generation_that_was_not_registered_stops_the_binding()
    {
        var host = await bench.StartAsync(PluginBench.Source(new FakePlugin("a", _ => PluginResult.Empty)));

        Assert.Throws<InvalidOperationException>(() => host.Bind([]));
        Assert.Empty(host.Active.Plugins);
    }

    [Fact]
    public async Task Another_version_or_configuration_is_another_generation_of_the_plugin_and_of_its_aggregates()
    {
        async Task<IReadOnlyList<DefinitionProposal>> Propose(string version, string configuration)
        {
            var plugin = new FakePlugin("words", _ => PluginResult.Empty)
            {
                Version = version,
                Aggregates = PluginBench.CountByKind,
            };
            return (
                await bench.StartAsync(
                    PluginBench.Source(plugin) with
                    {
                        Configuration = JsonElement.Parse(configuration),
                    })
            ).Proposals;
        }

        var first = await Propose("1", """{"a":1,"password":"hush"}""");
        var reordered = await Propose("1", """{"password":"hush", "a":1}""");
        var configured = await Propose("1", """{"a":2,"password":"hush"}""");
        var newer = await Propose("2", """{"a":1,"password":"hush"}""");

        Assert.Equal(["plugin:words", "kinds"], first.Select(one => one.Name));
        Assert.Equal(first.Select(one => one.Hash), reordered.Select(one => one.Hash));
        Assert.Equal(
            6, new[] { first, configured, newer }.SelectMany(one => one).Select(one => one.Hash).Distinct().Count());
        Assert.Equal("kinds", AggregateDefinition.Parse(first[1].Definition).Name);
        Assert.DoesNotContain("hush", Encoding.UTF8.GetString(first[0].Definition.Span));
        Assert.Equal("words", JsonElement.Parse(first[0].Definition.Span).GetProperty("plugin").GetString());
    }

    [Fact]
    public async Task Two_plugins_of_one_name_stop_the_start_and_both_are_named()
    {
        var error = await Assert.ThrowsAsync<TributaryException>(() => bench.StartAsync(
            new PluginSource(new FakePlugin("twin", _ => PluginResult.Empty), "built in", ""),
            new PluginSource(new FakePlugin("twin", _ => PluginResult.Empty), "/plugins/mine", "")));

        Assert.Equal("plugin_duplicate", error.Code);
        Assert.Contains("built in and /plugins/mine", error.Message);
    }

    [Fact]
    public async Task Only_those_that_are_named_run_and_an_unknown_name_stops_the_start()
    {
        PluginSource[] found =
        [
            PluginBench.Source(new FakePlugin("a", _ => PluginResult.Empty)),
            PluginBench.Source(new FakePlugin("b", _ => PluginResult.Empty)),
        ];
        var setup = new PluginHostSetup { Found = found, Active = ["b"] };

        var host = await bench.StartAsync(setup);
        host.Bind(PluginBench.Register(host.Proposals));
        var error = await Assert.ThrowsAsync<TributaryException>(() =>
            bench.StartAsync(setup with { Active = ["b", "c"] }));

        Assert.Equal("b", Assert.Single(host.Active.Plugins).Name);
        Assert.Equal([PluginState.Inactive, PluginState.Active], host.Statuses.Select(one => one.State));
        Assert.Equal("plugin_unknown", error.Code);
        Assert.Contains("\"c\"; there are: a, b", error.Message);
    }

    [Fact]
    public async Task A_folder_that_could_not_be_loaded_is_reported_and_the_others_run()
    {
        var host = await bench.StartAsync(new PluginHostSetup
        {
            Found = [PluginBench.Source(new FakePlugin("a", _ => PluginResult.Empty))],
            Faults = [new PluginFault("broken", "/plugins/broken", "plugin_unloadable: It is no library.")],
            Active = ["a", "broken"],
        });
        host.Bind(PluginBench.Register(host.Proposals));

        Assert.Equal("a", Assert.Single(host.Active.Plugins).Name);
        var broken = host.Statuses.Single(one => one.Name == "broken");
        Assert.Equal((PluginState.Failed, "plugin_unloadable: It is no library."), (broken.State, broken.Reason));
        Assert.Contains(bench.Log, line => line.Contains("/plugins/broken"));
    }

    [Theory]
    [InlineData("bad name", "1", "*/*", "the name is \"bad name\"; allowed: 1 to 64 letters, digits, - and _")]
    [InlineData("a", "", "*/*", "the version is \"\"; allowed")]
    [InlineData("a", "1", "image", "the media types are [image]; allowed")]
    [InlineData("a", "1", "*/png", "the media types are [*/png]; allowed")]
    [InlineData("a", "1", "image/JPEG", "the media types are [image/JPEG]; allowed")]
    public async Task A_plugin_that_describes_itself_badly_is_reported_with_what_is_allowed(
        string name, string version, string mediaType, string expected)
    {
        var host = await bench.StartAsync(
            PluginBench.Source(
                new FakePlugin(name, _ => PluginResult.Empty) { Version = version, MediaTypes = [mediaType] }));

        var status = Assert.Single(host.Statuses);
        Assert.Equal(PluginState.Failed, status.State);
        Assert.StartsWith("plugin_invalid: " + expected, status.Reason);
        Assert.Empty(host.Proposals);
    }

    [Fact]
    public async Task A_bad_aggregate_or_one_whose_name_is_taken_is_reported()
    {
        var bad = new FakePlugin("bad", _ => PluginResult.Empty)
        {
            Aggregates = JsonElement.Parse("""[{"name": "x", "measures": [{"name": "m", "kind": "avg"}]}]"""),
        };
        var first = new FakePlugin("first", _ => PluginResult.Empty) { Aggregates = PluginBench.CountByKind };
        var second = new FakePlugin("second", _ => PluginResult.Empty) { Aggregates = PluginBench.CountByKind };

        var host = await bench.StartAsync(
            PluginBench.Source(bad), PluginBench.Source(first), PluginBench.Source(second));

        var reasons = host.Statuses.ToDictionary(one => one.Name, one => one.Reason);
        Assert.Contains("aggregates[0].measures[0].kind: found \"avg\"", reasons["bad"]);
        Assert.Null(reasons["first"]);
        Assert.Contains("aggregate \"kinds\" has the name of one of plugin first", reasons["second"]);
    }

    [Fact]
    public async Task A_plugin_that_cannot_start_keeps_its_part_of_messages_waiting()
    {
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => PluginResult.Empty)
            {
                Start = (_, _) => throw new InvalidOperationException("no disk"),
            },
            new FakePlugin("b", _ => PluginResult.Empty));

        var runs = await RunAllAsync(host);

        Assert.Equal("plugin_not_started: InvalidOperationException: no disk", runs["a"].Error);
        Assert.True(runs["a"].MayHelpToRetry);
        Assert.Null(runs["b"].Error);
        Assert.Equal(PluginState.Failed, host.Statuses[0].State);
    }

    [Fact]
    public async Task A_start_that_never_ends_is_given_up_at_its_limit()
    {
        using var entered = new SemaphoreSlim(0);
        var cancelled = new TaskCompletionSource();
        var starting = bench.StartAsync(PluginBench.Source(new FakePlugin("a", _ => PluginResult.Empty)
        {
            Start = (_, cancellation) =>
            {
                cancellation.Register(cancelled.SetResult);
                entered.Release();
                return new ValueTask(new TaskCompletionSource().Task);
            },
        }));
        await entered.WaitAsync(Cancellation);
        await Waiting.UntilAsync(() =>
        {
            bench.Time.Advance(bench.Options.StartTimeLimit);
            return starting.IsCompleted;
        });

        Assert.StartsWith("plugin_not_started: The plugin took longer than 60 s", (await starting).Statuses[0].Reason);
        await cancelled.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task The_script_runs_before_the_plugin_starts_with_its_own_configuration()
    {
        PluginSetup? given = null;
        var scriptsAtStart = 0;
        var plugin = new FakePlugin("a", _ => PluginResult.Empty)
        {
            Start = (setup, _) =>
            {
                (given, scriptsAtStart) = (setup, bench.Tables.Scripts.Count);
                setup.Log("ready\nreally");
                return ValueTask.CompletedTask;
            },
        };

        await bench.StartAsync(
            PluginBench.Source(plugin) with
            {
                InitScript = "create table a()",
                Configuration = JsonElement.Parse("""{"depth":3}"""),
            });

        Assert.Equal([("a", "create table a()")], bench.Tables.Scripts);
        Assert.Equal(1, scriptsAtStart);
        Assert.Equal(3, given!.Configuration.GetProperty("depth").GetInt32());
        Assert.Contains("plugin a: ready really", bench.Log);
    }

    internal static async Task<Dictionary<string, PluginRun>> RunAllAsync(PluginHost host)
    {
        var runs = new Dictionary<string, PluginRun>();
        foreach (var plugin in host.Active.Plugins)
            runs.Add(plugin.Name, await plugin.RunAsync(PluginBench.Context(), Cancellation));
        return runs;
    }
}
