using System.Globalization;
using System.Text.Json;
using Tributary.Silo.Tests.Running;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Replays;

/// <summary>
/// An aggregate is changed over stored messages; its new generation is built while messages come and the server is
/// killed. Both generations equal a recount.
/// </summary>
public sealed class AggregateReplayTests(ITestOutputHelper output)
{
    private const int StoredCount = 60_000;
    private const int ProducersCount = 8;
    private const string Name = "by-group";

    private const string Before =
        """[{name: by-group, group: [{name: group, pointer: /group}], measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /amount}]}]""";

    private const string After = """
        [{name: by-group, group: [{name: kind, pointer: /kind}],
          measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /amount},
          {name: most, kind: max, pointer: /amount}]}]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_aggregate_is_built_under_load_and_through_a_kill_on_SQLite() => await RunAsync();

    [Fact]
    public async Task A_changed_aggregate_is_built_under_load_and_through_a_kill_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await RunAsync("--database", "postgres", "--connection", await cluster.CreateDatabaseAsync());
    }

    private async Task RunAsync(params string[] arguments)
    {
        var seed = TestRun.Seed;
        output.WriteLine(TestRun.Repeat);
        var environment = new Dictionary<string, string> { ["TRIBUTARY__AGGREGATES"] = Before };
        await using var server = await TributaryProcess.StartNewAsync(environment, arguments, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var reprocessing = new Reprocessing(http, Cancellation);
        await reprocessing.StoreAsync(Bodies(new Random(seed)));
        Assert.Equal(0, await server.StopAsync(Cancellation));

        environment["TRIBUTARY__AGGREGATES"] = After;
        await server.StartAsync(Cancellation);
        Assert.Contains("Generation 2 of by-group", server.Output, StringComparison.Ordinal);
        Assert.Equal("1* 2", await reprocessing.GenerationsAsync(Name));
        Assert.Equal(
            "generation_not_built", await reprocessing.RefusedAsync($"api/v1/generations/{Name}/switch?generation=2"));

        var load = new Load(server.Address, seed);
        var producers = Enumerable
            .Range(0, ProducersCount)
            .Select(number => Task.Run(() => load.ProduceAsync(number, Cancellation), Cancellation))
            .ToList();
        await load.WaitForAcknowledgementsAsync(ProducersCount, Cancellation);
        await reprocessing.BeginAsync($"aggregate={Name}");
        var killed = await reprocessing.WaitAsync(Name, replay =>
            Reprocessing.Ended(replay) || replay.GetProperty("seen").GetInt64() > 0);
        Assert.False(
            Reprocessing.Ended(killed),
            $"The replay ended before the kill: the test shows nothing. {killed.GetRawText()}");
        load.Pause();
        await server.KillAsync(Cancellation);
        await server.StartAsync(Cancellation);
        load.Resume();

        var ended = await reprocessing.WaitAsync(Name, Reprocessing.Ended);
        output.WriteLine(ended.GetRawText());
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        Assert.Equal(StoredCount, ended.GetProperty("counted").GetInt64());
        await reprocessing.SwitchAsync(Name, 2);
        await load.WaitForAcknowledgementsAsync(ProducersCount, Cancellation);
        load.Finish();
        await Task.WhenAll(producers);
        var stored = await StoredMessages.ReadAllAsync(http, Cancellation);
        Assert.True(
            stored.Count > StoredCount + load.Acknowledged.Count - 1,
            "No message came while the generation was built.");

        await CheckAsync(http, stored, "kind", 2);
        await reprocessing.SwitchAsync(Name, 1);
        await CheckAsync(http, stored, "group", 1);
        await reprocessing.SwitchAsync(Name, 2);

        Assert.Equal(0, await server.StopAsync(Cancellation));
        await server.StartAsync(Cancellation);
        Assert.Equal("1 2*", await reprocessing.GenerationsAsync(Name));
        await CheckAsync(http, stored, "kind", 2);
        // What is asked for again counts nothing again.
        await reprocessing.BeginAsync($"aggregate={Name}");
        Assert.Equal(
            StoredCount, (await reprocessing.WaitAsync(Name, Reprocessing.Ended)).GetProperty("counted").GetInt64());
        await CheckAsync(http, stored, "kind", 2);
    }

    private static IEnumerable<string> Bodies(Random random)
    {
        for (var number = 0; number < StoredCount; number++)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"tag":"s/{{number}}","group":{{random.Next(16)}},"kind":"{{(char)('a' + random.Next(5))}}","amount":{{random.Next(-100_000, 100_000)}}.{{random.Next(1000):000}}}""");
        }
    }

    private static async Task CheckAsync(HttpClient http, List<JsonElement> stored, string group, int generation)
    {
        var page = await StoredMessages.ReadAsync(http, $"api/v1/aggregates/{Name}?limit=1", Cancellation);
        Assert.Equal(generation, page.GetProperty("generation").GetInt32());
        var rows = (await StoredMessages.ReadAggregateAsync(http, Name, Cancellation)).ToDictionary(row =>
            row.GetProperty("group").GetProperty(group).GetRawText());
        var groups = stored
            .GroupBy(message => message.TryGetProperty(group, out var value) ? value.GetRawText() : "null")
            .ToDictionary(one => one.Key);
        Assert.Equal(groups.Keys.Order(), rows.Keys.Order());
        foreach (var (key, messages) in groups)
        {
            var amounts = messages.Select(message => message.GetProperty("amount").GetDecimal()).ToList();
            var measures = rows[key].GetProperty("measures");
            Assert.Equal(amounts.Count, measures.GetProperty("count").GetInt64());
            Assert.Equal(amounts.Sum(), measures.GetProperty("sum").GetDecimal());
            if (measures.TryGetProperty("most", out var most))
                Assert.Equal(amounts.Max(), most.GetDecimal());
        }
    }
}
