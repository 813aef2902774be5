using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tributary.Aggregates;
using Tributary.Bench.Cluster;
using Tributary.Bench.Measures;
using Tributary.Grains.Aggregates;
using Tributary.Grains.Items;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Engine;

namespace Tributary.Bench.Benches;

/// <summary>
/// What it costs to call a grain of another silo: reads and messages for a partition of the caller's silo, and for one
/// of the other silo of two, one after the other and many at once.
/// </summary>
internal static class HopBench
{
    private const int AtOnceCount = 256;
    private const int KeysCount = 64;
    private const int BodiesCount = 1_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly JsonPointer Order = JsonPointer.Parse("/order");

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        if (options.Store != "postgres")
            throw new ArgumentException($"--store: found '{options.Store}'; allowed with hop: postgres.");
        await using var store = await BenchStore.NewAsync(options);
        await using var cluster = await BenchCluster.StartAsync(
            store.ConnectionString!, store.Folder, count: 2, cancellation);
        var grains = cluster.ServicesOf(0).GetRequiredService<IGrainFactory>();
        var intake = cluster.Intake(0);
        var bodies = SampleMessages.Make(BodiesCount);
        var (ownKeys, otherKeys) = (KeysOf(cluster.Engine(0)), KeysOf(cluster.Engine(1)));
        var (ownItems, otherItems) = (ItemsOf(cluster.Engine(0), bodies), ItemsOf(cluster.Engine(1), bodies));
        foreach (var atOnce in new[] { 1, AtOnceCount })
        {
            await WriteAsync(
                "read", atOnce, i => Read(grains, ownKeys[i % ownKeys.Count]),
                i => Read(grains, otherKeys[i % otherKeys.Count]), options, cancellation);
            await WriteAsync(
                "message", atOnce, i => Accept(intake, ownItems[i % ownItems.Count]),
                i => Accept(intake, otherItems[i % otherItems.Count]), options, cancellation);
        }
    }

    // In turns, so that both meet the same state of the machine.
    private static async Task WriteAsync(
        string name, int atOnce, Func<int, ValueTask> own, Func<int, ValueTask> other, BenchOptions options,
        CancellationToken cancellation)
    {
        await MeasureAsync(own, atOnce, WarmUp, new Latencies(), cancellation);
        await MeasureAsync(other, atOnce, WarmUp, new Latencies(), cancellation);
        var (pairs, ownLatencies, otherLatencies) = (new Repetitions(), new Latencies(), new Latencies());
        for (var i = 0; i < Repetitions.Count; i++)
        {
            var duration = options.Duration / Repetitions.Count;
            var rate = await MeasureAsync(own, atOnce, duration, ownLatencies, cancellation);
            pairs.Add(await MeasureAsync(other, atOnce, duration, otherLatencies, cancellation), rate);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"hop postgres, {name}, {atOnce} at once: other silo {pairs.Rate:0} calls/s, {otherLatencies}; own silo "
            + $"{pairs.Limit:0} calls/s, {ownLatencies}; {pairs}"));
    }

    // Batches of calls that are made together, one batch after the other.
    private static async Task<double> MeasureAsync(
        Func<int, ValueTask> call, int atOnce, TimeSpan duration, Latencies latencies, CancellationToken cancellation)
    {
        var (count, waiting, started) = (0, new ValueTask[atOnce], Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            cancellation.ThrowIfCancellationRequested();
            var sentAt = Stopwatch.GetTimestamp();
            for (var i = 0; i < atOnce; i++)
                waiting[i] = call(count++);
            foreach (var one in waiting)
                await one;
            latencies.Add(sentAt);
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async ValueTask Read(IGrainFactory grains, string key) =>
        await grains.GetGrain<IAggregateGrain>(key).Read();

    private static async ValueTask Accept(MessageIntake intake, byte[] body) =>
        await intake.AcceptAsync(new IntakeRequest { Source = "bench", ItemPointer = Order, Body = body });

    private static List<string> KeysOf(RoundEngine silo) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(static i => $"1/0/{i}")
            .Where(key => silo.IsHere(silo.PartitionOf(new RoundGrainId(AggregateGrain.GrainType, key))))
            .Take(KeysCount)];

    // The sample's orders are numbered from 0.
    private static List<byte[]> ItemsOf(RoundEngine silo, byte[][] bodies) =>
        [.. Enumerable.Range(0, bodies.Length).Where(order => silo.IsHere(silo.PartitionOf(
                new RoundGrainId(ItemGrain.GrainType, order.ToString(CultureInfo.InvariantCulture)))))
            .Select(order => bodies[order])];
}
