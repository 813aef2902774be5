using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;

namespace Tributary.Bench.Benches;

/// <summary>
/// Reminders: how many are registered per second, how much memory a million pending ones take, and how late due
/// reminders fire while the million waits.
/// </summary>
public static class RemindersBench
{
    private const int PendingCount = 1_000_000;
    private const int InFlightCount = 8_192;
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(30);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        var bells = new BellLateness();
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).Add<IBellGrain, BellGrain>("bell", () =>
            new BellGrain(bells));
        var host = new RoundEngine(
            new RoundOptions(), store.Store, types, new Dictionary<string, IActivity>(),
            RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
            NullLogger<RoundEngine>.Instance);
        await host.StartAsync(cancellation);

        var before = MemoryBytes();
        var started = Stopwatch.GetTimestamp();
        await SetAsync(host, PendingCount, _ => FarAhead);
        var registered = PendingCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = MemoryBytes() - before;

        // Spread over the measured time, so that the lateness is not just the length of a queue.
        var dueCount = (int)(options.Duration.TotalSeconds * 1_000);
        await SetAsync(host, dueCount, i => TimeSpan.FromSeconds(5) + TimeSpan.FromMilliseconds(i));
        while (!bells.IsCompleted(dueCount))
            await Task.Delay(50, cancellation);
        await host.StopAsync(cancellation);

        var lateness = bells.SortedMs();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"reminders {options.Store}: {registered:0} registered/s, {PendingCount} pending cost "
            + $"{memory / 1024.0 / 1024:0} MiB, {dueCount} fired at 1000/s, late p50 "
            + $"{lateness[lateness.Count / 2]:0.0} p99 {lateness[lateness.Count * 99 / 100]:0.0} max "
            + $"{lateness[^1]:0.0} ms, early 0"));
        if (lateness[0] < 0)
            throw new InvalidOperationException($"A reminder fired {-lateness[0]} ms early.");
    }

    private static async Task SetAsync(RoundEngine host, int count, Func<int, TimeSpan> delay)
    {
        var calls = new List<ValueTask>(InFlightCount);
        for (var i = 0; i < count; i++)
        {
            calls.Add(host.Grains.GetGrain<IBellGrain>($"bell {i}").Set(delay(i)));
            if (calls.Count == InFlightCount || i == count - 1)
            {
                foreach (var call in calls)
                    await call;
                calls.Clear();
            }
        }
    }

    private static long MemoryBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <summary>A grain with a reminder.</summary>
public interface IBellGrain : IGrainWithStringKey
{
    ValueTask Set(TimeSpan delay);
}

/// <summary>The lateness of each reminder.</summary>
public sealed class BellLateness
{
    private readonly Lock gate = new();
    private readonly List<double> latenessMs = [];

    public void Add(double ms)
    {
        lock (gate)
            latenessMs.Add(ms);
    }

    public bool IsCompleted(int count)
    {
        lock (gate)
            return latenessMs.Count >= count;
    }

    public List<double> SortedMs()
    {
        lock (gate)
            return [.. latenessMs.Order()];
    }
}

/// <inheritdoc cref="IBellGrain"/>
public sealed class BellGrain(BellLateness lateness) : RoundGrain, IBellGrain, IReminderOwner
{
    public ValueTask Set(TimeSpan delay)
    {
        var due = Now + delay;
        SetReminder(delay > TimeSpan.FromDays(1) ? "far" : "near", due, BitConverter.GetBytes(due.UtcTicks));
        return ValueTask.CompletedTask;
    }

    public ValueTask OnReminder(string name, int attempt, ReadOnlyMemory<byte> payload)
    {
        lateness.Add((Now.UtcTicks - BitConverter.ToInt64(payload.Span)) / (double)TimeSpan.TicksPerMillisecond);
        return ValueTask.CompletedTask;
    }
}
