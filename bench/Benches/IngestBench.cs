using System.Diagnostics;
using System.Globalization;
using Tributary.Items;
using Tributary.Pipeline.Intake;

namespace Tributary.Bench.Benches;

/// <summary>
/// Messages of 300 bytes through the whole path in one process: intake, item, three aggregates, durable. Each message
/// is a new item. The limit is the bare insertion of the same message rows.
/// </summary>
public static class IngestBench
{
    private const int ProducersCount = 64;
    private const int InFlightPerProducerCount = 256;
    private const int BodiesCount = 50_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var bodies = SampleMessages.Make(BodiesCount);
        await using var store = await BenchStore.NewAsync(options);
        var (host, intake) = await BenchSilo.StartAsync(store);

        var latencies = new Latencies();
        await MeasureAsync(intake, bodies, WarmUp, new Latencies(), cancellation);
        var allocatedBefore = GC.GetTotalAllocatedBytes();
        var (count, elapsed) = await MeasureAsync(intake, bodies, options.Duration, latencies, cancellation);
        var allocated = (GC.GetTotalAllocatedBytes() - allocatedBefore) / (double)count;
        await host.StopAsync(cancellation);

        var rate = count / elapsed.TotalSeconds;
        var limit = await InsertLimit.MeasureAsync(store, bodies, cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ingest {options.Store}: {rate:0} msg/s, limit {limit:0} msg/s, ratio {rate / limit:0.00}, {latencies}, "
            + $"{allocated:0} B/msg"));
    }

    /// <summary>Messages per second after a warm-up, in a store of its own.</summary>
    public static async Task<double> RateAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        return (await MeasureAsync(store, SampleMessages.Make(BodiesCount), options.Duration, cancellation)).Rate;
    }

    /// <summary>Messages per second after a warm-up, and the latencies of their batches.</summary>
    public static async Task<(double Rate, Latencies Latencies)> MeasureAsync(
        BenchStore store, byte[][] bodies, TimeSpan duration, CancellationToken cancellation)
    {
        var (host, intake) = await BenchSilo.StartAsync(store);
        await MeasureAsync(intake, bodies, WarmUp, new Latencies(), cancellation);
        var latencies = new Latencies();
        var (count, elapsed) = await MeasureAsync(intake, bodies, duration, latencies, cancellation);
        await host.StopAsync(cancellation);
        return (count / elapsed.TotalSeconds, latencies);
    }

    private static async Task<(long Count, TimeSpan Elapsed)> MeasureAsync(
        MessageIntake intake, byte[][] bodies, TimeSpan duration, Latencies latencies, CancellationToken cancellation)
    {
        var next = 0;
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        var producers = Enumerable.Range(0, ProducersCount).Select(_ => Task.Run(
            async () =>
            {
                var batch = new ValueTask<Receipt>[InFlightPerProducerCount];
                while (Stopwatch.GetElapsedTime(started) < duration)
                {
                    var sentAt = Stopwatch.GetTimestamp();
                    for (var i = 0; i < batch.Length; i++)
                    {
                        var body = bodies[Interlocked.Increment(ref next) % bodies.Length];
                        batch[i] = intake.AcceptAsync(new IntakeRequest { Source = "bench", Body = body });
                    }

                    foreach (var accepted in batch)
                        await accepted;
                    latencies.Add(sentAt);
                    Interlocked.Add(ref done, batch.Length);
                }
            },
            cancellation));
        await Task.WhenAll(producers);
        return (done, Stopwatch.GetElapsedTime(started));
    }
}
