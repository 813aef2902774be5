using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Tributary.Bench.Http;
using Tributary.Bench.Limits;
using Tributary.Bench.Measures;

namespace Tributary.Bench.Benches;

/// <summary>
/// A page of 20 messages with their items, queried over 32 connections through the platform's own schema. First with
/// data held in memory: the limit is an empty endpoint of the same server that gets the same bytes. Then, with
/// <c>--store postgres</c>, from 1,000,000 stored messages: the limit is the resolvers' statements, sent directly
/// through Npgsql by as many callers.
/// </summary>
public static class GraphQLBench
{
    private const string Query =
        "{ messages(first: 20) { nodes { id source receivedAt item { id mediaType } } pageInfo { hasNextPage endCursor "
        + "} } }";

    private const int ConnectionsCount = 32;
    private const int PageCount = 20;
    private const int HeldCount = 1_000;
    private const int StoredCount = 1_000_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        await InMemoryAsync(options with { Store = "sqlite" }, cancellation);
        if (options.Store == "postgres")
            await OnPostgresAsync(options, cancellation);
    }

    private static async Task InMemoryAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        HeldMessages? held = null;
        await using var server = await BenchServer.StartAsync(
            store, stored =>
            {
                held = new HeldMessages(stored);
                return (held, held);
            });
        await StoredMessages.LoadAsync(server.Node.BulkIntake, HeldCount, HeldCount, cancellation);
        await held!.HoldAsync(HeldCount, cancellation);
        var connections = await RawConnection.ConnectAsync(server.Port, ConnectionsCount);
        await MeasureAsync(
            "memory",
            options,
            server,
            connections,
            (duration, latencies) => AskAsync(connections, BareEndpoints.Empty, 202, duration, latencies),
            cancellation);
    }

    private static async Task OnPostgresAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        await using var server = await BenchServer.StartAsync(store);
        var started = Stopwatch.GetTimestamp();
        await StoredMessages.LoadAsync(server.Node.BulkIntake, StoredCount, StoredCount, cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"graphql postgres: {StoredCount} messages loaded in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} "
            + $"s"));
        await VacuumAsync(store.ConnectionString!, cancellation);
        await using var direct = new DirectReads(store.ConnectionString!, ConnectionsCount);
        var connections = await RawConnection.ConnectAsync(server.Port, ConnectionsCount);
        await MeasureAsync("postgres", options, server, connections, direct.MeasureAsync, cancellation);
    }

    /// <summary>Vacuums now, so that the server does not start to in the middle of a measurement.</summary>
    private static async Task VacuumAsync(string connectionString, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var vacuum = source.CreateCommand("vacuum (analyze) messages, items");
        vacuum.CommandTimeout = 0;
        await vacuum.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Alternates between the query and its limit.</summary>
    private static async Task MeasureAsync(
        string name,
        BenchOptions options,
        BenchServer server,
        RawConnection[] connections,
        Func<TimeSpan, Latencies, Task<double>> limitAsync,
        CancellationToken cancellation)
    {
        await CheckAsync(server.Port, cancellation);
        await AskAsync(connections, "/graphql", 200, WarmUp, new Latencies());
        await limitAsync(WarmUp, new Latencies());
        var rounds = new Repetitions();
        var (latencies, limitLatencies) = (new Latencies(), new Latencies());
        var (allocated, count) = (0L, 0d);
        for (var i = 0; i < Repetitions.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var duration = options.Duration / Repetitions.Count;
            var limit = await limitAsync(duration, limitLatencies);
            var before = GC.GetTotalAllocatedBytes();
            var rate = await AskAsync(connections, "/graphql", 200, duration, latencies);
            allocated += GC.GetTotalAllocatedBytes() - before;
            count += rate * duration.TotalSeconds;
            rounds.Add(rate, limit);
        }

        foreach (var connection in connections)
            connection.Dispose();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"graphql {name}: {rounds.Rate:0} queries/s, limit {rounds.Limit:0} /s, {rounds}, {latencies} (limit "
            + $"{limitLatencies}), {allocated / count:0} B/query"));
    }

    private static async Task<double> AskAsync(
        RawConnection[] connections, string path, int status, TimeSpan duration, Latencies latencies)
    {
        var request = Requests.Post(
            path, "application/json", JsonSerializer.SerializeToUtf8Bytes(new { query = Query }));
        return (await Load.RunAsync(connections, [request], status, duration, latencies)).PerSecond;
    }

    /// <summary>Checks an answer, because the speed of wrong answers says nothing.</summary>
    private static async Task CheckAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/graphql")),
            new { query = Query },
            cancellation);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellation));
        var messages = answer.GetProperty("data").GetProperty("messages");
        var ids = messages
            .GetProperty("nodes")
            .EnumerateArray()
            .Where(node =>
                node.GetProperty("source").GetString() == "bench"
                && node.GetProperty("item").GetProperty("mediaType").GetString() == "application/json")
            .Select(node => node.GetProperty("id").GetString())
            .Distinct()
            .Count();
        if (ids != PageCount
            || answer.TryGetProperty("errors", out _)
            || !messages.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
            throw new InvalidOperationException(
                $"Found {answer}; expected: {PageCount} messages with their items, and a next page.");
    }
}
