using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Runtime;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Storage.InMemory;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// One run: a silo under clients, faults, crashes and usurpers, all drawn from one seed; then calm, and the checks of what
/// must hold.
/// </summary>
public sealed class Scenario
{
    private readonly SimulationWorld world;
    private readonly TimeProvider databaseTime;
    private readonly GrainTypes types;
    private readonly Dictionary<string, IActivity> activities;
    private readonly Sabotage sabotage;
    private readonly SiloOptions options;
    private readonly double faultRate;
    private SeededFaults faults = null!;
    private InMemoryStore store = null!;
    private TaskCompletionSource crashed = new();
    private bool isOver;

    internal Scenario(int seed, Sabotage sabotage = Sabotage.None)
    {
        world = new SimulationWorld(seed);
        databaseTime = world.Time.Skewed(TimeSpan.FromSeconds(world.Random.Next(-3600, 3600)));
        Database = new InMemoryDatabase(databaseTime, partitionCount: 16);
        this.sabotage = sabotage;
        faultRate = world.Random.Next(3) == 0 ? 0 : world.Random.NextDouble() * 0.15;
        options = RandomOptions(world.Random);
        var observer = new Observer(world, databaseTime);
        types = new GrainTypes()
            .Add<IStoreGrain, StoreGrain, StoreState>("store", StateTable.Items, ScenarioJson.Default.StoreState, () => new StoreGrain())
            .Add<ICounterGrain, CounterGrain, CounterState>("counter", StateTable.Grains, ScenarioJson.Default.CounterState, () => new CounterGrain())
            .Add<IAlarmGrain, AlarmGrain, AlarmState>("alarm", StateTable.Grains, ScenarioJson.Default.AlarmState, () => new AlarmGrain(observer))
            .Add<ITallyGrain, TallyGrain, TallyState>("tally", StateTable.Grains, ScenarioJson.Default.TallyState, () => new TallyGrain());
        activities = new Dictionary<string, IActivity> { [AlarmGrain.Work] = new FlakyWork(world) };
    }

    public SimulationWorld World => world;

    public InMemoryDatabase Database { get; }

    public SiloHost Host { get; private set; } = null!;

    /// <summary>What clients were told, for the checks.</summary>
    public Promises Promises { get; } = new();

    public int CrashCount { get; private set; }

    /// <summary>True when nothing fails any more and clients should finish.</summary>
    public bool IsCalm => faults.IsCalm;

    /// <summary>Completes when the process that runs now has crashed.</summary>
    public Task Crashed => crashed.Task;

    public void Run() => world.Run(async () =>
    {
        await StartAsync();
        var clients = Enumerable.Range(0, world.Random.Next(2, 7)).Select(i => new Client(this, i).RunAsync()).ToList();
        var trouble = TroubleAsync();
        await Task.WhenAll(clients);
        isOver = true;
        faults.IsCalm = true;
        await trouble;
        await SettleAsync();
        Checks.All(this);
        await Host.StopAsync();
        await StartAsync();
        await SettleAsync();
        Checks.All(this);
    });

    public bool IsPoison(ReadOnlyMemory<byte> body) => faults.IsPoison(body);

    private async Task StartAsync()
    {
        var isCalm = faults is { IsCalm: true };
        crashed = new TaskCompletionSource();
        var started = crashed;
        faults = new SeededFaults(world, faultRate, () => Crash(started)) { IsCalm = isCalm };
        store = new InMemoryStore(Database, faults);
        Host = new SiloHost(options, store, types, activities, world.Environment().With(sabotage), NullLogger<SiloHost>.Instance);
        while (!started.Task.IsCompleted)
        {
            try
            {
                await Host.StartAsync();
                return;
            }
            catch (StoreException) when (!store.HasCrashed)
            {
                await world.Delay(TimeSpan.FromMilliseconds(10));
            }
            catch (StoreException)
            {
                Crash(started);
            }
        }
    }

    private void Crash(TaskCompletionSource process)
    {
        if (!process.TrySetResult())
            return;
        CrashCount++;
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
            if (isOver || faultRate == 0)
                continue;
            if (world.Random.Next(3) == 0)
                Crash(crashed);
            else if (store.Joined is { } silo)
                Database.DeclareDead(silo);
        }
    }

    // Everything that was set in motion comes to rest.
    private async Task SettleAsync()
    {
        for (var i = 0; Database.Reminders.Count > 0 || Database.DeferredCalls.Count > 0 || !Host.IsReady; i++)
        {
            if (i > 10_000)
                throw new InvalidOperationException($"{Database.Reminders.Count} reminders and {Database.DeferredCalls.Count} deferred calls never come to rest.");
            await world.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private static SiloOptions RandomOptions(Random random)
    {
        int Limit(int tiny, int normal) => random.Next(2) == 0 ? random.Next(1, tiny) : normal;
        return new SiloOptions
        {
            MaxRoundInputsCount = Limit(6, 1_000),
            MaxChainedCallsCount = Limit(3, 100),
            MaxActivationsCount = Limit(8, 1_000),
            MaxExternalIdsCount = Limit(6, 1_000),
            MaxLoadCount = Limit(4, 1_000),
            MaxRemindersCount = Limit(8, 1_000),
            MaxActivitiesCount = Limit(3, 16),
            ReminderWindow = TimeSpan.FromMilliseconds(random.Next(20, 5_000)),
            Lease = TimeSpan.FromMilliseconds(random.Next(200, 4_000)),
            RetryDelay = TimeSpan.FromMilliseconds(5),
        };
    }
}

[JsonSerializable(typeof(StoreState))]
[JsonSerializable(typeof(CounterState))]
[JsonSerializable(typeof(AlarmState))]
[JsonSerializable(typeof(TallyState))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
