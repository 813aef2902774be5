using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tributary.Bench.Ordinary;

namespace Tributary.Bench.Benches;

/// <summary>
/// The work of <see cref="IngestBench"/> on one PostgreSQL: by Tributary's rounds, and by ordinary Orleans grains that
/// write their states, on ADO.NET persistence and on Tributary's grain storage. Each message goes to a new item and to
/// three aggregates, and is durable when it is answered. The ordinary grains do less: they have no repeats, positions,
/// feed, ledger or index.
/// </summary>
public static class OrleansBench
{
    // Enough to keep every connection busy; twice as many double the latency and not the rate.
    private const int ProducersCount = 512;
    private const int BodiesCount = 50_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        if (options.Store != "postgres")
            throw new ArgumentException($"--store: found '{options.Store}'; allowed with orleans: postgres.");
        var bodies = SampleMessages.Make(BodiesCount);
        await using var store = await BenchStore.NewAsync(options);
        var (rounds, roundLatencies) = await IngestBench.MeasureAsync(store, bodies, options.Duration, cancellation);
        var limit = await InsertLimit.MeasureAsync(store, bodies, cancellation);
        Write("rounds", rounds, limit, roundLatencies);

        var (writes, writeLatencies) = await MeasureOrdinaryAsync(
            await OrdinarySilo.StartWithAdoNetAsync(store.ConnectionString!, cancellation), bodies, options.Duration,
            () => OrdinarySchema.CountItemsAsync(store.ConnectionString!, cancellation), cancellation);
        Write("a write per grain, on ADO.NET persistence", writes, limit, writeLatencies);

        var (states, stateLatencies) = await MeasureOrdinaryAsync(
            await OrdinarySilo.StartWithTributaryAsync(store.Store, cancellation), bodies, options.Duration,
            () => OrdinarySchema.CountTributaryItemsAsync(store.ConnectionString!, cancellation), cancellation);
        Write("the same grains on Tributary's grain storage", states, limit, stateLatencies);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orleans postgres: rounds are {rounds / writes:0.0} times a write per grain; the same grains on "
            + $"Tributary's grain storage are {states / writes:0.0} times those on ADO.NET persistence"));
    }

    private static async Task<(double Rate, Latencies Latencies)> MeasureOrdinaryAsync(
        IHost silo, byte[][] bodies, TimeSpan duration, Func<Task<long>> countAsync,
        CancellationToken cancellation)
    {
        using var host = silo;
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var stored = await MeasureAsync(grains, bodies, 0, WarmUp, new Latencies(), cancellation);
        var latencies = new Latencies();
        var started = Stopwatch.GetTimestamp();
        var total = await MeasureAsync(grains, bodies, stored, duration, latencies, cancellation);
        var rate = (total - stored) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await CheckAsync(grains, total);
        await host.StopAsync(cancellation);
        var rows = await countAsync();
        if (rows != total)
            throw new InvalidOperationException($"{total} messages were answered and {rows} items are stored.");
        return (rate, latencies);
    }

    /// <summary>Returns the number of items that are stored by then; each was new.</summary>
    private static async Task<int> MeasureAsync(
        IGrainFactory grains, byte[][] bodies, int first, TimeSpan duration, Latencies latencies,
        CancellationToken cancellation)
    {
        var next = first;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, ProducersCount).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(started) < duration)
                {
                    var sentAt = Stopwatch.GetTimestamp();
                    var number = Interlocked.Increment(ref next);
                    var key = number.ToString(CultureInfo.InvariantCulture);
                    await grains.GetGrain<IOrdinaryItem>(key).Receive(bodies[number % bodies.Length]);
                    latencies.Add(sentAt);
                }
            },
            cancellation)));
        return next;
    }

    // Every answered message must be counted, or the figure says nothing.
    private static async Task CheckAsync(IGrainFactory grains, int total)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, SampleMessages.RegionsCount)
            .Select(region => grains.GetGrain<IOrdinaryAggregate>($"region/region-{region}").Count()));
        if (counts.Sum() != total)
            throw new InvalidOperationException($"{total} messages were answered and {counts.Sum()} are counted.");
    }

    private static void Write(string name, double rate, double limit, Latencies latencies) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orleans postgres, {name}: {rate:0} msg/s, limit {limit:0} msg/s, "
            + $"ratio {rate / limit:0.000}, {latencies}"));
}
