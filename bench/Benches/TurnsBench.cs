using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.InMemory;

namespace Tributary.Bench.Benches;

/// <summary>
/// Calls of grains in one silo without storage: many callers, each awaiting its answer, through reference, inbox, turn
/// and release. The limit is the same work as a method call behind a lock.
/// </summary>
public static class TurnsBench
{
    private const int CallersCount = 64;
    private const int InFlightPerCallerCount = 128;
    private const int GrainsCount = 1_000;

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).Add<IEchoGrain, EchoGrain>("echo", () =>
            new EchoGrain());
        await using var store = new InMemoryStore(new InMemoryDatabase(TimeProvider.System));
        var host = new RoundEngine(
            new RoundOptions { MaxRoundInputsCount = 4_096 }, store, types, new Dictionary<string, IActivity>(),
            RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
            NullLogger<RoundEngine>.Instance);
        await host.StartAsync(cancellation);
        var grains = Enumerable
            .Range(0, GrainsCount)
            .Select(i => host.Grains.GetGrain<IEchoGrain>($"echo {i}"))
            .ToArray();

        await MeasureAsync(grains, TimeSpan.FromSeconds(2), new Latencies());
        var latencies = new Latencies();
        var allocatedBefore = GC.GetTotalAllocatedBytes();
        var (count, elapsed) = await MeasureAsync(grains, options.Duration, latencies);
        var allocated = (GC.GetTotalAllocatedBytes() - allocatedBefore) / (double)count;
        await host.StopAsync(cancellation);

        var rate = count / elapsed.TotalSeconds;
        var limit = LockedCalls(TimeSpan.FromSeconds(2));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"turns memory: {rate:0} calls/s, limit {limit:0} calls/s, ratio {rate / limit:0.000}, {latencies}, "
            + $"{allocated:0} B/call"));
    }

    private static async Task<(long Count, TimeSpan Elapsed)> MeasureAsync(
        IEchoGrain[] grains, TimeSpan duration, Latencies latencies)
    {
        var done = 0L;
        var started = Stopwatch.GetTimestamp();
        var callers = Enumerable.Range(0, CallersCount).Select(caller => Task.Run(async () =>
        {
            var answers = new ValueTask<int>[InFlightPerCallerCount];
            var next = caller * InFlightPerCallerCount;
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sentAt = Stopwatch.GetTimestamp();
                for (var i = 0; i < answers.Length; i++)
                    answers[i] = grains[next++ % grains.Length].Echo(i);
                for (var i = 0; i < answers.Length; i++)
                {
                    if (await answers[i] != i)
                        throw new InvalidOperationException("An answer went to the wrong caller.");
                }

                latencies.Add(sentAt);
                Interlocked.Add(ref done, answers.Length);
            }
        }));
        await Task.WhenAll(callers);
        return (done, Stopwatch.GetElapsedTime(started));
    }

    private static double LockedCalls(TimeSpan duration)
    {
        var grain = new EchoGrain();
        var gate = new Lock();
        var started = Stopwatch.GetTimestamp();
        var count = 0L;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            for (var i = 0; i < 1_000; i++, count++)
            {
                lock (gate)
                    _ = grain.Echo(i).Result;
            }
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

/// <summary>A grain that returns its argument.</summary>
public interface IEchoGrain : IGrainWithStringKey
{
    ValueTask<int> Echo(int value);
}

/// <inheritdoc cref="IEchoGrain"/>
public sealed class EchoGrain : RoundGrain, IEchoGrain
{
    public ValueTask<int> Echo(int value) => ValueTask.FromResult(value);
}
