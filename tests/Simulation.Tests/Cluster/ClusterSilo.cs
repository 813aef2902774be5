using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Orleans.References;
using Tributary.Simulation.Tests.Cluster.Feeds;
using Tributary.Storage;
using Tributary.Storage.InMemory;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// One of several processes over one database: it crashes, stops, starts, and watches for what nobody owns.
/// </summary>
internal sealed class ClusterSilo(ClusterRun run, int number)
{
    private readonly Random random = run.World.Random;
    private SeededFaults faults = null!;
    private InMemoryStore store = null!;
    private TaskCompletionSource ended = new();

    public int Number => number;

    public RoundEngine Host { get; private set; } = null!;

    /// <summary>The way into the rounds of this silo for calls from other processes.</summary>
    public IncomingCalls Incoming { get; private set; } = null!;

    /// <summary>The grains of the whole cluster, for callers in this process.</summary>
    public IRoundGrains Grains { get; private set; } = null!;

    /// <summary>The feeds of the process that runs now; null until it has started.</summary>
    public SiloFeeds? Feeds { get; private set; }

    /// <summary>By what this process counts messages.</summary>
    public SiloDefinitions Definitions { get; private set; } = null!;

    public bool HasStarted { get; private set; }

    /// <summary>True when no process follows the one that has crashed.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Completes when the process that runs now has crashed, or has stopped.</summary>
    public Task Ended => ended.Task;

    public bool IsCalm
    {
        set => faults.IsCalm = value;
    }

    public async Task StartAsync()
    {
        ended = new TaskCompletionSource();
        var process = ended;
        HasStarted = false;
        faults = new SeededFaults(run.World, run.FaultRate, () => Crash(process))
        {
            IsCalm = run.IsCalm, MaxOpenTime = run.MaxOpenTime,
        };
        store = new InMemoryStore(
            run.Database, run.Sabotage == Sabotage.WriteDead ? new BrokenFence(faults) : faults);
        var types = run.TypesOf(this);
        var host = new RoundEngine(
            run.Options, store, types, run.Activities, run.World.Environment().With(run.Rules),
            NullLogger<RoundEngine>.Instance) { LeftElsewhere = run.Hint };
        Host = host;
        Definitions = new SiloDefinitions(run);
        Connect(types, process.Task);
        while (!process.Task.IsCompleted)
        {
            try
            {
                await host.StartAsync();
                if (process.Task.IsCompleted)
                    return;
                Feeds = SiloFeeds.Begin(run, this, host, store, process.Task);
                HasStarted = true;
                run.World.Start(() => WatchAsync(host, store, process));
                return;
            }
            catch (StoreException) when (!store.HasCrashed)
            {
                await run.World.Delay(TimeSpan.FromMilliseconds(10));
            }
            catch (StoreException)
            {
                Crash(process);
            }
        }
    }

    // The platform's own router and references, over a network that is the world's.
    private void Connect(RoundGrainTypes types, Task process)
    {
        RoundRouter router = null!;
        Incoming = new IncomingCalls(Host, types, []);
        var cluster = FarGrains.New(
            partition => new FarPartition(run, partition, process), types, () => router);
        router = new RoundRouter(cluster, run.World.Time, NullLogger<RoundRouter>.Instance, Incoming);
        Grains = new ClusterGrains(Host, Host.Grains, types, cluster);
    }

    public void Crash() => Crash(ended);

    /// <summary>Crashes, and does not start again, unless another process follows already.</summary>
    public void EndForGood()
    {
        IsGone = HasStarted;
        if (IsGone)
            Crash(ended);
    }

    /// <summary>Stops in order and starts again, unless it crashes on its way out.</summary>
    public async Task RestartAsync()
    {
        if (!HasStarted)
            return;
        var (process, ending) = (ended, store);
        HasStarted = false;
        var stop = Host.StopAsync();
        if (await Task.WhenAny(stop, process.Task) != stop)
            return;
        await stop;
        if (!process.TrySetResult())
            return;
        run.StopCount++;
        Feeds?.End();
        ending.Crash();
        Bury(ending);
        await StartAsync();
    }

    public async Task TakeAsync(IReadOnlyList<PartitionId> partitions)
    {
        try
        {
            if (HasStarted)
                await Host.TakeAsync(partitions);
        }
        catch (OverloadedException)
        {
            // It has ended meanwhile.
        }
    }

    public async Task GiveAsync(IReadOnlyList<PartitionId> partitions)
    {
        if (HasStarted)
            await Host.GiveAsync(partitions);
    }

    private void Crash(TaskCompletionSource process)
    {
        if (!process.TrySetResult())
            return;
        run.CrashCount++;
        HasStarted = false;
        store.Crash();
        Host.Abandon();
        Feeds?.End();
        Bury(store);
        if (!IsGone)
            run.World.Start(StartAsync);
    }

    // Somebody notices sooner or later that a process has ended; one that has left is dead already.
    private void Bury(InMemoryStore dead) => run.World.Start(async () =>
    {
        await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(2_000)));
        if (dead.Joined is { } silo)
            run.Database.DeclareDead(silo);
    });

    // What nobody owns who lives is taken by whoever should have it, and now and then by somebody else.
    private async Task WatchAsync(RoundEngine host, InMemoryStore own, TaskCompletionSource process)
    {
        while (!process.Task.IsCompleted && !run.IsOver)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(50, 800)));
            try
            {
                var owned = (await own.ReadOwnersAsync(CancellationToken.None)).Where(owner => !owner.IsDead)
                    .Select(owner => owner.Partition).ToHashSet();
                var free = run.Partitions.Where(partition => !owned.Contains(partition)
                    && (partition.Value % run.Silos.Count == number || random.Next(4) == 0)).ToList();
                if (free.Count > 0)
                    await host.TakeAsync(free);
            }
            catch (StoreException)
            {
                // It looks again.
            }
            catch (OverloadedException)
            {
                return;
            }
        }
    }
}
