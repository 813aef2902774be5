using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>
/// One silo in virtual time over a database in memory, with faults by number and grains that do what a test says.
/// </summary>
public sealed class EngineRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);
    private EngineRun(SimulationWorld world)
    {
        World = world;
        Database = new InMemoryDatabase(world.Time, partitionCount: 16);
        Types = Probes();
        Host = NewHost();
    }

    public SimulationWorld World { get; }

    public InMemoryDatabase Database { get; private set; }

    public ScriptedFaults Faults { get; private set; } = new();

    public RoundOptions Options { get; } = new() { Lease = TimeSpan.FromSeconds(4),
        RetryDelay = TimeSpan.FromMilliseconds(5) };

    public Dictionary<string, IActivity> Activities { get; } = [];

    /// <summary>What the build of the next process knows.</summary>
    public RoundGrainTypes Types { get; set; }

    /// <summary>True while builds cannot read the states of probes.</summary>
    public bool CannotRead { get; set; }

    /// <summary>What reading a state throws then, instead of an error of the JSON.</summary>
    public Exception? ReadError { get; set; }

    /// <summary>True when what threw before throws no more.</summary>
    public bool Pardoned { get; set; }

    public RoundEngine Host { get; private set; }

    /// <inheritdoc cref="RoundEngine.CanStart"/>
    public Task CanStart { get; set; } = Task.CompletedTask;

    /// <summary>Where silos that start from now on measure themselves.</summary>
    public Meter? Meter { get; set; }

    public InMemoryStore Store { get; private set; } = null!;

    /// <summary>What grains noted, in the order of their turns; a turn that ran again notes again.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Sees every note when it is made.</summary>
    public Action<string>? Observe { get; set; }

    /// <summary>Called when a probe is made.</summary>
    public Action? Constructing { get; set; }

    /// <summary>What a probe does with the result of an activity, instead of what it does otherwise.</summary>
    public Action<ProbeGrain, ActivityResult>? OnResult { get; set; }

    /// <summary>Runs a test against a silo that has started.</summary>
    public static void Run(Func<EngineRun, Task> test, Action<EngineRun>? before = null)
    {
        var world = new SimulationWorld(1);
        world.Run(async () =>
        {
            var run = new EngineRun(world);
            before?.Invoke(run);
            await run.StartAsync();
            await test(run);
        });
    }

    public void Note(string text)
    {
        Observe?.Invoke(text);
        Notes.Add(text);
    }

    public IProbeGrain Probe(string key) => Host.Grains.GetGrain<IProbeGrain>(key);

    /// <summary>A database whose clock is not the silo's.</summary>
    public void UseClock(TimeProvider clock) => Database = new InMemoryDatabase(clock, partitionCount: 16);

    /// <summary>A new process over the same database.</summary>
    public async Task StartAsync()
    {
        Host = NewHost();
        await Host.StartAsync();
    }

    public void Crash()
    {
        Store.Crash();
        Host.Abandon();
    }

    public async Task RestartAsync()
    {
        await Host.StopAsync();
        await StartAsync();
    }

    /// <summary>Waits in virtual time.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        for (var end = World.Time.Elapsed + Patience; !condition();)
        {
            Assert.True(World.Time.Elapsed < end, "What was waited for did not happen within an hour of virtual time.");
            await World.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>The error of a call; awaited in the world, which AsTask would leave.</summary>
    public static async Task<TException> ErrorOfAsync<TException>(ValueTask call) where TException : Exception
    {
        try
        {
            await call;
        }
        catch (TException error)
        {
            return error;
        }

        throw new InvalidOperationException($"The call ended well, and not with {typeof(TException).Name}.");
    }

    public static async Task<T> AwaitAsync<T>(ValueTask<T> call) => await call;

    public static async Task AwaitAsync(ValueTask call) => await call;

    /// <summary>A build that knows probes.</summary>
    public RoundGrainTypes Probes() =>
        new RoundGrainTypes(GeneratedProxies.Standalone).Add<IProbeGrain, ProbeGrain, ProbeState>(
        "probe", StateTable.Grains, FickleJson.Of(ProbeJson.Default.ProbeState, () => CannotRead, () =>
            ReadError), NewProbe);

    private ProbeGrain NewProbe()
    {
        Constructing?.Invoke();
        return new ProbeGrain(this);
    }

    private RoundEngine NewHost()
    {
        Store = new InMemoryStore(Database, Faults);
        return new RoundEngine(
            Options, Store, Types, Activities, World.Environment(Meter), NullLogger<RoundEngine>.Instance)
        {
            CanStart = CanStart,
        };
    }
}
