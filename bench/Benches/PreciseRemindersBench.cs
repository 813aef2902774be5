using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Reminders;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;

namespace Tributary.Bench.Benches;

/// <summary>
/// Precise reminders of ordinary grains in a silo that is composed as in the executable: how many are set per second,
/// what memory a million pending ones take, how late they come while messages are stored, and whether any comes early
/// or is missed over a restart.
/// </summary>
public static class PreciseRemindersBench
{
    private const int PendingCount = 1_000_000;
    private const int InFlightCount = 8_192;
    private const int PerSecond = 1_000;
    private const int BodiesCount = 20_000;
    private const int ProducersCount = 16;

    // What is due while the silo is away.
    private const int OverRestartCount = 2_000;

    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(30);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        var config = ConfigOf(store);
        var silo = await SiloApp.StartAsync(config, cancellation);
        double registered;
        long memory;
        List<double> idle, loaded;
        double stored;
        try
        {
            var before = MemoryBytes();
            var started = Stopwatch.GetTimestamp();
            await SetAsync(silo, "far", PendingCount, static _ => FarAhead);
            registered = PendingCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
            // The grains that were called leave memory as Orleans' activations do; what remains is the reminders.
            memory = MemoryBytes() - before;
            (idle, _) = await RingAsync(silo, "idle", options.Duration, load: false, cancellation);
            (loaded, stored) = await RingAsync(silo, "loaded", options.Duration, load: true, cancellation);
            await SetAsync(silo, "over", OverRestartCount, static i => TimeSpan.FromSeconds(2 + (i % 4)));
        }
        finally
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }

        silo = await SiloApp.StartAsync(config, cancellation);
        try
        {
            await Ringer.UntilAsync("over", OverRestartCount, cancellation);
            Ringer.Check("over", OverRestartCount);
        }
        finally
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"precise {options.Store}: {registered:0} set/s, {PendingCount} pending cost "
            + $"{memory / 1024.0 / 1024:0} MiB; {idle.Count} at {PerSecond}/s late {Show(idle)}; beside {stored:0} "
            + $"msg/s late {Show(loaded)}; early 0; {OverRestartCount} over a restart, missed 0"));
    }

    private static async Task<(List<double> Late, double Stored)> RingAsync(
        SiloApp silo, string name, TimeSpan duration, bool load, CancellationToken cancellation)
    {
        var count = (int)(duration.TotalSeconds * PerSecond);
        await SetAsync(silo, name, count, static i => Ahead + TimeSpan.FromMilliseconds(i * 1_000.0 / PerSecond));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = Stopwatch.GetTimestamp();
        var storing = load ? StoreAsync(silo, over.Token) : Task.FromResult(0L);
        await Ringer.UntilAsync(name, count, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await over.CancelAsync();
        return (Ringer.Check(name, count), await storing / elapsed.TotalSeconds);
    }

    // Each producer sends the next message when the last is stored.
    private static async Task<long> StoreAsync(SiloApp silo, CancellationToken over)
    {
        var intake = silo.Services.GetRequiredService<MessageIntake>();
        var bodies = SampleMessages.Make(BodiesCount);
        var next = 0L;
        await Task.WhenAll(Enumerable.Range(0, ProducersCount).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var body = bodies[Interlocked.Increment(ref next) % bodies.Length];
                await intake.AcceptAsync(
                    new IntakeRequest { Source = "bench", Body = body });
            }
        })));
        return next;
    }

    private static async Task SetAsync(SiloApp silo, string name, int count, Func<int, TimeSpan> delay)
    {
        var reminders = silo.Services.GetRequiredService<IPreciseReminders>();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var calls = new List<Task>(InFlightCount);
        for (var i = 0; i < count; i++)
        {
            var grain = grains.GetGrain<IRingerGrain>(string.Create(CultureInfo.InvariantCulture, $"{name} {i}"));
            calls.Add(reminders.SetAsync(grain, name, delay(i)));
            if (calls.Count == InFlightCount || i == count - 1)
            {
                await Task.WhenAll(calls);
                calls.Clear();
            }
        }
    }

    private static SiloConfig ConfigOf(BenchStore store)
    {
        using var json = JsonDocument.Parse(BenchSilo.Definitions);
        return new SiloConfig
        {
            DatabaseType = store.ConnectionString is null ? "sqlite" : "postgres",
            Connection = store.ConnectionString,
            DataDirectory = Path.Combine(store.Folder, "data"),
            Listen = ["http://127.0.0.1:0"],
            Aggregates = AggregateDefinition.ParseAll(json.RootElement),
            Pipeline = new PipelineConfig { ScratchDirectory = Path.Combine(store.Folder, "scratch") },
            LogLevel = LogLevel.Warning,
        };
    }

    private static string Show(List<double> late) => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {late[late.Count / 2]:0.0} p99 {late[late.Count * 99 / 100]:0.0} max {late[^1]:0.0} ms");

    private static long MemoryBytes() => GC.GetTotalMemory(forceFullCollection: true);
}

/// <summary>An ordinary grain that takes reminders.</summary>
[Alias("bench.ringer")]
public interface IRingerGrain : IGrainWithStringKey, IPreciseRemindable;

/// <inheritdoc cref="IRingerGrain"/>
public sealed class RingerGrain : Orleans.Grain, IRingerGrain
{
    public Task ReceivePreciseReminder(PreciseReminder reminder)
    {
        Ringer.Rung(reminder, this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }
}

/// <summary>When the reminders of each name came, and to which grains.</summary>
internal static class Ringer
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    // One that has not come by then never will.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<string, double>> Late = new();

    public static void Rung(PreciseReminder reminder, string grain)
    {
        var late = (DateTimeOffset.UtcNow - reminder.Due).TotalMilliseconds;
        Late.GetOrAdd(reminder.Name, static _ => new()).TryAdd(grain, late);
    }

    public static async Task UntilAsync(string name, int count, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (!Late.TryGetValue(name, out var rung) || rung.Count < count)
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new InvalidOperationException($"{count} reminders were set and {rung?.Count ?? 0} came.");
            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>How late they came, ascending.</summary>
    public static List<double> Check(string name, int count)
    {
        List<double> late = [.. Late[name].Values.Order()];
        if (late[0] < 0)
            throw new InvalidOperationException($"A reminder came {-late[0]} ms early.");
        return late.Count == count
            ? late : throw new InvalidOperationException($"{count} reminders were set and {late.Count} came.");
    }
}
