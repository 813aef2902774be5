using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds;
using Tributary.Rounds.Engine;
using Tributary.Storage;
using Tributary.Storage.Held;
using Tributary.Storage.InMemory;
using Tributary.Storage.Ledger;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// One run: a silo under clients, faults, crashes and usurpers, all drawn from one seed; then calm, and the checks of
/// what must hold.
/// </summary>
public sealed class Scenario : IPromised, IPlatformRun
{
    private const int PartitionCount = 16;
    private const int MaxOutageMs = 200_000;
    private const int MaxFullMs = 30_000;

    private readonly SimulationWorld world;
    private readonly TimeProvider databaseTime;
    private readonly Observer observer;
    private readonly Jam jam = new();
    private readonly bool hasOldBuilds;
    private readonly bool hasJams;
    private readonly Dictionary<string, IActivity> activities;
    private readonly Sabotage sabotage;
    private readonly RoundOptions options;
    private readonly double faultRate;
    private SeededFaults faults = null!;
    private InMemoryStore store = null!;
    private Build build = null!;
    private TaskCompletionSource crashed = new();
    private List<Task> calls = [];
    private bool hasStarted;
    private bool isOver;

    internal Scenario(int seed, Sabotage sabotage = Sabotage.None)
    {
        world = new SimulationWorld(seed);
        databaseTime = world.Time.Skewed(
            TimeSpan.FromSeconds(world.Random.Next(-3600, 3600)), world.Random.Next(-500, 500));
        Database = new InMemoryDatabase(databaseTime, PartitionCount);
        this.sabotage = sabotage;
        faultRate = world.Random.Next(3) == 0 ? 0 : world.Random.NextDouble() * 0.15;
        options = RandomOptions(world.Random);
        Witness = new Witness(world);
        observer = new Observer(world, databaseTime, Witness);
        hasOldBuilds = world.Random.Next(3) == 0;
        hasJams = world.Random.Next(3) == 0;
        activities = new Dictionary<string, IActivity>
        {
            [AlarmGrain.Work] = Witness.Watch(new FlakyWork(world)),
            [ParcelGrain.Deliver] = Witness.Watch(new DeliverActivity(this)),
            [MineGrain.Explode] = Witness.Watch(new ExplodeActivity(this)),
        };
    }

    public SimulationWorld World => world;

    public InMemoryDatabase Database { get; }

    public RoundEngine Host { get; private set; } = null!;

    /// <summary>What ran when processes ended.</summary>
    public Witness Witness { get; }

    /// <summary>What clients were told, for the checks.</summary>
    public Promises Promises { get; } = new();

    /// <summary>What producers of items were told.</summary>
    public ItemPromises Items { get; } = new();

    /// <summary>What senders of parcels were told.</summary>
    public ParcelPromises Parcels { get; } = new();

    public int CrashCount { get; private set; }

    /// <summary>Stops in order, under load.</summary>
    public int StopCount { get; private set; }

    /// <summary>True when nothing fails any more and clients should finish.</summary>
    public bool IsCalm => faults.IsCalm;

    /// <summary>Completes when the process that runs now has crashed.</summary>
    public Task Crashed => crashed.Task;

    public void Run() => world.Run(async () =>
    {
        await StartAsync();
        var clients = Enumerable.Range(0, world.Random.Next(2, 7)).Select(i => new Client(this, i).RunAsync()).ToList();
        clients.AddRange(Enumerable.Range(0, world.Random.Next(0, 3)).Select(_ => new ItemClient(this).RunAsync()));
        clients.AddRange(Enumerable.Range(0, world.Random.Next(0, 3)).Select(_ => new ParcelClient(this).RunAsync()));
        if (world.Random.Next(2) == 0)
            clients.Add(new Definer(this).RunAsync());
        clients.AddRange(Enumerable.Range(0, hasJams ? 2 : 0).Select(_ => new Operator(this).RunAsync()));
        if (world.Random.Next(4) == 0)
            clients.Add(new MineClient(this).RunAsync());
        if (world.Random.Next(2) == 0)
            clients.Add(new Folder(this).RunAsync());
        var trouble = TroubleAsync();
        await Task.WhenAll(clients);
        isOver = true;
        faults.IsCalm = true;
        await trouble;
        jam.IsOn = false;
        await StartedAsync();
        if (!build.IsWhole)
        {
            await Host.StopAsync();
            await StartAsync();
        }

        await SettleAsync();
        await new Operator(this).FinishAsync();
        await SettleAsync();
        Checks.All(this);
        await ParcelChecks.LedgerBalancesAsync(this);
        await Host.StopAsync();
        Witness.Stopped();
        await new Folder(this).FinishAsync();
        await StartAsync();
        await SettleAsync();
        Checks.All(this);
        await ParcelChecks.LedgerBalancesAsync(this);
    });

    public PartitionId PartitionOf(RoundGrainId grain) => new Rounds.Partitions.Partitioner(PartitionCount).Of(grain);

    /// <summary>Remembers a call of the process that runs now: an orderly stop leaves none without an answer.</summary>
    public Task<T> Track<T>(Task<T> call)
    {
        calls.Add(call);
        return call;
    }

    /// <summary>The answer to a call; null when the process that was asked has crashed or takes no calls.</summary>
    public async Task<Answered<T>?> AskAsync<T>(Func<IRoundGrains, ValueTask<T>> ask)
    {
        var process = crashed.Task;
        try
        {
            var answer = Track(AwaitAsync(ask(Host.Grains)));
            if (await Task.WhenAny(answer, process) == answer)
                return new Answered<T>(await answer);
        }
        catch (OverloadedException)
        {
            Promises.OverloadsCount++;
        }
        catch (StoreException error) when (error.IsPassing)
        {
            Promises.StoreRefusalsCount++;
        }
        catch (TimeoutException)
        {
            // The call waited for the store until its time was over; its turn did not run.
            Promises.TimeoutsCount++;
        }
        catch (TributaryException error) when (error.Code == "state_unreadable")
        {
            Promises.UnreadableCount++;
        }

        await BackOffAsync();
        return null;
    }

    /// <summary>The ledger and a recount of one moment; null when the store does not answer.</summary>
    public async Task<LedgerReport?> ReadLedgerAsync()
    {
        try
        {
            return await store.Ledger.ReadLedgerAsync(recount: true, CancellationToken.None);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private bool IsDown => world.Time.Elapsed < faults.DownUntil || world.Time.Elapsed < faults.FullUntil;

    /// <summary>What a client waits that was not answered.</summary>
    public Task BackOffAsync() => world.Delay(TimeSpan.FromMilliseconds(IsDown ? 2_000 : 20));

    // AsTask would leave the world: it continues on the thread pool.
    private static async Task<T> AwaitAsync<T>(ValueTask<T> call) => await call;

    public bool IsPoison(ReadOnlyMemory<byte> body) => faults.IsPoison(body);

    private async Task StartAsync()
    {
        var isCalm = faults is { IsCalm: true };
        crashed = new TaskCompletionSource();
        var started = crashed;
        hasStarted = false;
        calls = [];
        faults = new SeededFaults(world, faultRate, () => Crash(started))
        {
            IsCalm = isCalm,
            DownUntil = faults?.DownUntil ?? default,
            FullUntil = faults?.FullUntil ?? default,
        };
        store = new InMemoryStore(Database, faults);
        build = Build.Next(world.Random, hasOldBuilds && !isCalm);
        var host = Host = new RoundEngine(options, store, build.Types(observer, jam), build.Activities(activities),
            world.Environment().With(BrokenRules.Of(sabotage, world.Time)), NullLogger<RoundEngine>.Instance);
        while (!started.Task.IsCompleted)
        {
            try
            {
                await host.StartAsync();
                // The start of a process that has crashed may end after that of the next one.
                hasStarted |= crashed == started;
                return;
            }
            catch (StoreException) when (!store.HasCrashed)
            {
                await world.Delay(TimeSpan.FromMilliseconds(world.Time.Elapsed < faults.DownUntil ? 1_000 : 10));
            }
            catch (StoreException)
            {
                Crash(started);
            }
        }
    }

    // A process that crashed as the last thing before the calm is still being followed by another.
    private async Task StartedAsync()
    {
        while (!hasStarted)
            await world.Delay(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>The process that runs now ends at once.</summary>
    public void EndProcess() => Crash(crashed);

    private void Crash(TaskCompletionSource process)
    {
        if (!process.TrySetResult())
            return;
        CrashCount++;
        Witness.Ended();
        store.Crash();
        Host.Abandon();
        world.Start(StartAsync);
    }

    // Crashes out of the blue, and silos that believe this one dead.
    private async Task TroubleAsync()
    {
        while (!isOver)
        {
            await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(50, 3_000)));
            jam.IsOn = hasJams && !isOver && world.Random.Next(2) == 0;
            if (isOver || (faultRate == 0 && !hasOldBuilds))
                continue;
            switch (world.Random.Next(8))
            {
                case 0 or 1:
                    Crash(crashed);
                    continue;
                case 2 or 3:
                    if (hasStarted)
                        await RestartAsync();
                    continue;
                case 4 when world.Random.Next(8) == 0:
                    faults.DownUntil = world.Time.Elapsed + TimeSpan.FromMilliseconds(world.Random.Next(MaxOutageMs));
                    continue;
                case 5 when world.Random.Next(4) == 0:
                    faults.FullUntil = world.Time.Elapsed + TimeSpan.FromMilliseconds(world.Random.Next(MaxFullMs));
                    continue;
            }

            if (store.Joined is { } silo)
                Database.DeclareDead(silo);
        }
    }

    // An orderly stop: every call that was taken is answered, unless the process crashes on its way out.
    private async Task RestartAsync()
    {
        var (process, ending, taken) = (crashed, store, calls);
        var stop = Host.StopAsync();
        if (await Task.WhenAny(stop, process.Task) != stop)
            return;
        await stop;
        await world.Delay(TimeSpan.FromMilliseconds(1));
        if (taken.Exists(call => !call.IsCompleted) && !process.Task.IsCompleted)
            world.Fail(new InvalidOperationException("The silo stopped in order and left a call without an answer."));
        if (!process.TrySetResult())
            return;
        StopCount++;
        // One that could not sign off looks to the next process as if it had crashed.
        if (ending.Joined is { } silo && Database.IsAlive(silo))
            Witness.Ended();
        else
            Witness.Stopped();
        ending.Crash();
        await StartAsync();
    }

    // Everything that was set in motion comes to rest.
    private async Task SettleAsync()
    {
        for (var i = 0; Database.Reminders.Count > 0 || Database.DeferredCalls.Count > 0 || HeldCount > 0
            || !Host.IsReady || !hasStarted; i++)
        {
            if (i > 10_000)
            {
                throw new InvalidOperationException(
                    $"{Database.Reminders.Count} reminders, {Database.DeferredCalls.Count} deferred calls and "
                    + $"what is held ({HeldCount}) never come to rest.");
            }

            await world.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private int HeldCount => Database.HeldCalls.Count + Database.HeldReminders.Count;

    internal static RoundOptions RandomOptions(Random random)
    {
        int Limit(int tiny, int normal) => random.Next(2) == 0 ? random.Next(1, tiny) : normal;
        return new RoundOptions
        {
            MaxRoundInputsCount = Limit(6, 1_000),
            MaxChainedCallsCount = Limit(3, 100),
            MaxDeferredRowCallsCount = Limit(4, 100),
            MaxDeferredRowBytes = Limit(60, 1 << 20),
            MaxDeferredBytes = Limit(200, 1 << 20),
            MaxActivationsCount = Limit(8, 1_000),
            MaxExternalIdsCount = Limit(6, 1_000),
            MaxLoadCount = Limit(4, 1_000),
            MaxRemindersCount = Limit(8, 1_000),
            MaxHeldReadCount = Limit(4, 1_000),
            MaxActivitiesCount = Limit(3, 16),
            MaxWaitingActivitiesCount = Limit(3, 1_000),
            MaxWaitingResultsCount = Limit(3, 1_000),
            MaxWaitingResultBytes = Limit(40, 1 << 20),
            MaxLocalHandOversCount = Limit(4, 1_000),
            MaxLocalHandOverBytes = Limit(600, 1 << 20),
            MaxRoundBytes = Limit(200, 1 << 20),
            ReminderWindow = TimeSpan.FromMilliseconds(random.Next(20, 5_000)),
            Lease = TimeSpan.FromMilliseconds(random.Next(200, 4_000)),
            RetryDelay = TimeSpan.FromMilliseconds(5),
        };
    }
}

/// <param name="Answer">What the grain returned.</param>
public sealed record Answered<T>(T Answer);

[JsonSerializable(typeof(StoreState))]
[JsonSerializable(typeof(CounterState))]
[JsonSerializable(typeof(ParcelState))]
[JsonSerializable(typeof(AlarmState))]
[JsonSerializable(typeof(TallyState))]
[JsonSerializable(typeof(MineState))]
[JsonSerializable(typeof(DeskState))]
[JsonSerializable(typeof(ShelfState))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
