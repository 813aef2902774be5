using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Tributary.Messages;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>
/// Three processes on one database under load, of which one after the other is killed and started again.
/// <c>TRIBUTARY_KILLS</c> says how often; the times until others serve what the dead silo had are printed.
/// </summary>
[Collection(nameof(RunAlone))]
public sealed partial class FailoverTests(PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>
{
    private const int SilosCount = 3;
    private const int WritersCount = 16;

    // Partitions of the dead silo that are measured at each kill.
    private const int ProbesCount = 8;

    private readonly ConcurrentDictionary<string, bool> acknowledged = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(4) };
    private readonly List<TributaryProcess> processes = [];
    private volatile TributaryProcess[] living = [];
    private int lastKey;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_message_is_stored_once_whichever_silos_are_killed()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("TRIBUTARY_KILLS"), out var given) ? given : 10;
        var connection = await postgres.Server.CreateDatabaseAsync();
        try
        {
            for (var i = 0; i < SilosCount; i++)
                processes.Add(await ClusterProcesses.StartAsync(connection));
            living = [.. processes];
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var writing = Enumerable.Range(0, WritersCount).Select(_ => WriteAsync(over.Token)).ToList();
            var waits = new List<TimeSpan>();
            for (var i = 0; i < kills; i++)
                waits.AddRange(await KillAsync(connection, processes[i % SilosCount]));
            await over.CancelAsync();
            await Task.WhenAll(writing);

            waits.Sort();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kills} kills, {waits.Count} partitions: served again after p50 {At(waits, 0.5):0} ms, "
                + $"p99 {At(waits, 0.99):0} ms; {acknowledged.Count} messages"));
            await CheckAsync(connection);
        }
        finally
        {
            foreach (var process in processes)
                await process.DisposeAsync();
        }
    }

    // Kills a process that owns partitions, and returns how long each of some partitions was without an owner.
    private async Task<IEnumerable<TimeSpan>> KillAsync(string connection, TributaryProcess victim)
    {
        // The silo of the process's present life.
        var silo = long.Parse(Joined().Matches(victim.Output)[^1].Groups["silo"].Value, CultureInfo.InvariantCulture);
        var owned = await UntilOwnedAsync(connection, silo);
        var keys = owned.Take(ProbesCount).Select(KeyIn).ToList();
        living = [.. processes.Where(process => process != victim)];
        var killed = Stopwatch.GetTimestamp();
        var ending = victim.KillAsync(Cancellation);
        var waits = await Task.WhenAll(keys.Select(async key =>
        {
            await PostUntilStoredAsync(key, Cancellation);
            return Stopwatch.GetElapsedTime(killed);
        }));
        await ending;
        await victim.StartAsync(Cancellation);
        living = [.. processes];
        return waits;
    }

    // Each silo gets a share, once the cluster has settled.
    private static async Task<List<PartitionId>> UntilOwnedAsync(string connection, long silo)
    {
        var owned = new List<PartitionId>();
        await Waiting.UntilAsync(async () =>
        {
            owned = await OwnedAsync(connection, silo);
            return owned.Count is > 20 and < 200;
        });
        return owned;
    }

    private static async Task<List<PartitionId>> OwnedAsync(string connection, long silo)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select id from partitions where silo = $1", database);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = silo });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var owned = new List<PartitionId>();
        while (await reader.ReadAsync(Cancellation))
            owned.Add(new PartitionId(reader.GetInt32(0)));
        return owned;
    }

    // A key whose message belongs to an item of this partition.
    private string KeyIn(PartitionId partition)
    {
        var partitioner = new Rounds.Partitions.Partitioner(256);
        while (true)
        {
            var key = NextKey();
            var item = $"x-{ExternalKey.Unscoped("rest", key).Hash:x32}";
            if (partitioner.Of(new RoundGrainId("item", item)) == partition)
                return key;
        }
    }

    private string NextKey() => $"key {Interlocked.Increment(ref lastKey)}";

    private async Task WriteAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
            await PostUntilStoredAsync(NextKey(), Cancellation);
    }

    // A client that is told to try again, or nothing at all, tries again with the same key.
    private async Task PostUntilStoredAsync(string key, CancellationToken cancellation)
    {
        await Waiting.UntilAsync(async () => await TryPostAsync(key, cancellation));
        Assert.True(acknowledged.TryAdd(key, true));
    }

    private async Task<bool> TryPostAsync(string key, CancellationToken cancellation)
    {
        var among = living;
        var process = among[Random.Shared.Next(among.Length)];
        try
        {
            var status = await ClusterProcesses.PostAsync(http, process, key);
            Assert.True(
                status is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.TooManyRequests,
                $"{status}\n{process.Output}");
            return status == HttpStatusCode.Accepted;
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            // The process was killed, or is slow: another one is asked.
            return false;
        }
    }

    private async Task CheckAsync(string connection)
    {
        var stored = new List<string>();
        await using (var database = new NpgsqlConnection(connection))
        {
            await database.OpenAsync(Cancellation);
            await using var command = new NpgsqlCommand(
                "select convert_from(body, 'UTF8')::json->>'key' from messages", database);
            await using var reader = await command.ExecuteReaderAsync(Cancellation);
            while (await reader.ReadAsync(Cancellation))
                stored.Add(reader.GetString(0));
        }

        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Keys.Except(stored));
        foreach (var process in processes)
            Assert.Equal(stored.Count, await ClusterProcesses.AcceptedAsync(http, process));
    }

    private static double At(List<TimeSpan> sorted, double part) =>
        sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * part)].TotalMilliseconds;

    [GeneratedRegex(@"Joined as silo (?<silo>[0-9]+)\.", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Joined();
}
