using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Running;

/// <summary>Killed at random moments under load, a server loses nothing that it acknowledged and counts nothing twice.</summary>
public class KillTests
{
    private const int KillsCount = 20;
    private const int ProducersCount = 16;

    private const string Aggregates =
        """
        aggregates:
          - name: by-group
            group: [{ name: group, pointer: /group }]
            measures: [{ name: n, kind: count }, { name: sum, kind: sum, pointer: /value }]
        """;

    [Fact]
    public Task Twenty_kills_on_SQLite_lose_nothing_and_count_nothing_twice() => RunAsync();

    [Fact]
    public async Task Twenty_kills_on_PostgreSQL_lose_nothing_and_count_nothing_twice()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await RunAsync("--database", "postgres", "--connection", await cluster.CreateDatabaseAsync());
    }

    private static async Task RunAsync(params string[] database)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed of the moments: {seed}");
        var random = new Random(seed);
        var config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, Aggregates, cancellation);
        await using var server = await TributaryProcess.StartNewAsync(false, cancellation, ["--config", config, "--log-level", "warning", .. database]);
        var load = new Load(server.Address);
        using var stop = new CancellationTokenSource();
        var producing = load.RunAsync(ProducersCount, stop.Token);
        for (var kill = 0; kill < KillsCount; kill++)
        {
            // Each life accepts something before it ends, at a moment that nobody chose.
            var before = load.Acknowledged.Count;
            while (load.Acknowledged.Count == before)
                await Task.Delay(1, cancellation);
            await Task.Delay(random.Next(120), cancellation);
            await server.KillAsync();
            await server.StartAsync(cancellation);
        }

        await stop.CancelAsync();
        await producing;
        using var http = new HttpClient { BaseAddress = server.Address };
        var recount = await Recount.ReadAsync(http);
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Acknowledged.Count} acknowledged, {recount.Stored.Count} stored, {load.BegunCount} begun.");
        Assert.All(load.Acknowledged.Keys, number => Assert.Equal(1, recount.Stored.GetValueOrDefault(number)));
        Assert.All(recount.Stored, stored => Assert.True(stored.Value == 1 && stored.Key < load.BegunCount, $"Message {stored.Key} is stored {stored.Value} times."));
        Assert.True(load.Acknowledged.Count > KillsCount);
        Assert.All(load.OtherStatuses, status => Assert.Equal(503, status));
        await recount.AssertLedgerAndAggregateAsync("by-group");
        File.Delete(config);
    }
}
