using System.Globalization;
using Tributary.Bench.Http;
using Tributary.Bench.Measures;

namespace Tributary.Bench.Benches;

/// <summary>
/// Single POSTs of 300 bytes over 64 connections, each answered once its message is durable. The limit is an empty
/// endpoint of the same server that gets the same bytes from the same client.
/// </summary>
public static class PostBench
{
    private const int ConnectionsCount = 64;
    private const int BodiesCount = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var bodies = SampleMessages.Make(BodiesCount);
        var posts = bodies.Select(body => Requests.Post("/api/v1/messages", "application/json", body)).ToArray();
        var empties = bodies.Select(body => Requests.Post(BareEndpoints.Empty, "application/json", body)).ToArray();
        await using var store = await BenchStore.NewAsync(options);
        await using var server = await BenchServer.StartAsync(store);
        var connections = await RawConnection.ConnectAsync(server.Port, ConnectionsCount);

        await Load.RunAsync(connections, posts, 202, WarmUp, new Latencies());
        await Load.RunAsync(connections, empties, 202, WarmUp, new Latencies());
        var rounds = new Repetitions();
        var latencies = new Latencies();
        var limitLatencies = new Latencies();
        var (allocated, count) = (0L, 0L);
        var committedBefore = server.RoundsCount;
        for (var i = 0; i < Repetitions.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (_, limit) = await Load.RunAsync(connections, empties, 202, options.Duration / Repetitions.Count,
                limitLatencies);
            var before = GC.GetTotalAllocatedBytes();
            var (posted, rate) = await Load.RunAsync(connections, posts, 202, options.Duration / Repetitions.Count,
                latencies);
            allocated += GC.GetTotalAllocatedBytes() - before;
            count += posted;
            rounds.Add(rate, limit);
        }

        var committed = server.RoundsCount - committedBefore;
        foreach (var connection in connections)
            connection.Dispose();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"post {options.Store}: {rounds.Rate:0} msg/s, limit {rounds.Limit:0} msg/s, {rounds}, {latencies} (limit "
            + $"{limitLatencies}), {allocated / count} B/msg, {(double)count / committed:0} msg/round"));
    }
}
