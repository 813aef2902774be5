using System.Diagnostics;
using System.Globalization;
using Tributary.Bench.Http;
using Tributary.Bench.Measures;

namespace Tributary.Bench.Benches;

/// <summary>
/// NDJSON over a few connections: each sends one batch of 10,000 lines after the other, and reads its results
/// meanwhile. The limit is the bare insertion of the same message rows, without HTTP, items or aggregates.
/// </summary>
public static class BatchBench
{
    private const int ConnectionsCount = 4;
    private const int LinesCount = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var bodies = SampleMessages.Make(LinesCount);
        byte[] lines = [.. bodies.SelectMany(body => body.Append((byte)'\n'))];
        var request = Requests.Post("/api/v1/messages/batch", "application/x-ndjson", lines);
        await using var store = await BenchStore.NewAsync(options);
        var rounds = new Repetitions();
        var latencies = new Latencies();
        var (allocated, count) = (0L, 0L);
        await using (var server = await BenchServer.StartAsync(store))
        {
            var sent = (await MeasureAsync(server.Port, request, WarmUp, new Latencies())).Count;
            for (var i = 0; i < Repetitions.Count; i++)
            {
                var limit = await InsertLimit.MeasureAsync(store, bodies, options.Duration / Repetitions.Count,
                    cancellation);
                var before = GC.GetTotalAllocatedBytes();
                var (posted, rate) = await MeasureAsync(server.Port, request, options.Duration / Repetitions.Count,
                    latencies);
                allocated += GC.GetTotalAllocatedBytes() - before;
                count += posted;
                rounds.Add(rate, limit);
            }

            sent += count;
            var stored = await store.Store.Messages.CountBelowAsync(
                    await store.Store.Messages.ReadHorizonAsync(cancellation), cancellation);
            if (stored != sent)
                throw new InvalidOperationException($"{sent} lines were sent and {stored} messages are stored.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"batch {options.Store}: {rounds.Rate:0} msg/s, limit {rounds.Limit:0} msg/s, {rounds}, {latencies} per "
            + $"batch of {LinesCount}, {allocated / count} B/msg"));
    }

    private static async Task<(long Count, double PerSecond)> MeasureAsync(
        int port, byte[] request, TimeSpan duration, Latencies latencies)
    {
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, ConnectionsCount).Select(_ => Task.Run(async () =>
        {
            using var connection = await RawConnection.ConnectAsync(port);
            var buffer = new byte[64 * 1024];
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sentAt = Stopwatch.GetTimestamp();
                var sending = connection.SendOnlyAsync(request).AsTask();
                await ReadResultsAsync(connection, buffer);
                await sending;
                latencies.Add(sentAt);
                Interlocked.Add(ref done, LinesCount);
            }
        })));
        return (done, done / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>
    /// Reads until the last chunk. A line of results ends with a brace and a line feed, the framing of chunks does not.
    /// </summary>
    private static async Task ReadResultsAsync(RawConnection connection, byte[] buffer)
    {
        var results = 0;
        var last = (byte)0;
        var isFirst = true;
        var tail = new byte[5];
        while (!tail.AsSpan().SequenceEqual("0\r\n\r\n"u8))
        {
            var count = await connection.ReceiveAsync(buffer);
            var read = buffer.AsMemory(0, count).Span;
            if (isFirst || count == 0)
                RawConnection.Check(read, 200);
            isFirst = false;
            results += read.Count("}\n"u8) + (last == '}' && read[0] == '\n' ? 1 : 0);
            last = read[^1];
            var kept = Math.Min(count, tail.Length);
            tail.AsSpan(kept).CopyTo(tail);
            read[^kept..].CopyTo(tail.AsSpan(tail.Length - kept));
        }

        if (results != LinesCount)
            throw new InvalidOperationException($"{LinesCount} lines got {results} results.");
    }
}
