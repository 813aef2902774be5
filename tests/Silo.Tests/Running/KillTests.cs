using System.Text.Json;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Running;

/// <summary>
/// Kills the server at random moments under load. Whatever it acknowledged is there exactly once, the books balance,
/// and aggregates equal a recount of what is stored.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int KillsCount = 20;
    private const int ProducersCount = 12;

    private const string Aggregates = """
        [{name: by-group, group: [{name: group, pointer: /group}],
          measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /amount},
          {name: least, kind: min, pointer: /amount}, {name: most, kind: max, pointer: /amount}]},
          {name: all, measures: [{name: count, kind: count}]}]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_kills_exactly_once_on_SQLite() => await RunAsync();

    [Fact]
    public async Task What_was_acknowledged_survives_kills_exactly_once_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var connection = await cluster.CreateDatabaseAsync();
        await RunAsync("--database", "postgres", "--connection", connection);
    }

    private async Task RunAsync(params string[] arguments)
    {
        var seed = TestRun.Seed;
        output.WriteLine(TestRun.Repeat);
        var random = new Random(seed);

        await using var server = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__AGGREGATES"] = Aggregates }, arguments, Cancellation);
        var load = new Load(server.Address, seed);
        var producers = Enumerable
            .Range(0, ProducersCount)
            .Select(number => Task.Run(() => load.ProduceAsync(number, Cancellation), Cancellation))
            .ToList();
        for (var kill = 0; kill < KillsCount; kill++)
        {
            await load.WaitForAcknowledgementsAsync(ProducersCount, Cancellation);
            await Task.Delay(random.Next(300), Cancellation);
            load.Pause();
            await server.KillAsync(Cancellation);
            await server.StartAsync(Cancellation);
            load.Resume();
        }

        load.Finish();
        await Task.WhenAll(producers);
        output.WriteLine(
            $"{load.Sent.Count} sent, {load.Acknowledged.Count} acknowledged, {load.LostAnswersCount} answers lost.");
        await CheckAsync(server, load);
    }

    private static async Task CheckAsync(TributaryProcess server, Load load)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var stored = await StoredMessages.ReadAllAsync(http, Cancellation);
        var tags = stored.Select(message => message.GetProperty("tag").GetString()!).ToList();

        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.Empty(load.Acknowledged.Keys.Except(tags));
        Assert.Empty(tags.Except(load.Sent.Keys));
        Assert.True(load.LostAnswersCount > 0, "No kill met a message on its way: the test shows nothing.");
        foreach (var (tag, id) in load.Acknowledged.OrderBy(one => one.Key, StringComparer.Ordinal).Take(200))
        {
            using var message = JsonDocument.Parse(
                await http.GetStringAsync(new Uri($"api/v1/messages/{id}", UriKind.Relative), Cancellation));
            Assert.Equal(tag, message.RootElement.GetProperty("message").GetProperty("tag").GetString());
        }

        using var ledger = JsonDocument.Parse(
            await http.GetStringAsync(new Uri("api/v1/ledger?verify=true", UriKind.Relative), Cancellation));
        Assert.True(ledger.RootElement.GetProperty("balances").GetBoolean(), ledger.RootElement.GetRawText());
        Assert.True(ledger.RootElement.GetProperty("matches").GetBoolean(), ledger.RootElement.GetRawText());
        Assert.Equal(stored.Count, ledger.RootElement.GetProperty("accepted").GetInt64());

        var all = Assert.Single(await StoredMessages.ReadAggregateAsync(http, "all", Cancellation));
        Assert.Equal(stored.Count, all.GetProperty("count").GetInt64());
        var rows = (await StoredMessages.ReadAggregateAsync(http, "by-group", Cancellation)).ToDictionary(row =>
            row.GetProperty("group").GetProperty("group").GetInt32());
        var groups = stored.GroupBy(message => message.GetProperty("group").GetInt32()).ToList();
        Assert.Equal(groups.Select(group => group.Key).Order(), rows.Keys.Order());
        foreach (var group in groups)
        {
            var amounts = group.Select(message => message.GetProperty("amount").GetDecimal()).ToList();
            var measures = rows[group.Key].GetProperty("measures");
            Assert.Equal(amounts.Count, measures.GetProperty("count").GetInt64());
            Assert.Equal(amounts.Sum(), measures.GetProperty("sum").GetDecimal());
            Assert.Equal(amounts.Min(), measures.GetProperty("least").GetDecimal());
            Assert.Equal(amounts.Max(), measures.GetProperty("most").GetDecimal());
        }
    }
}
