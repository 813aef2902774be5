using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Storage;
using Tributary.Storage.Postgres;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// One silo of a <see cref="TributaryTestCluster"/>: with an engine, connections, ports and services of its own, as a
/// process has them.
/// </summary>
public sealed class TestSilo
{
    private readonly TaskCompletionSource<Exception> fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IServiceProvider? services;

    internal TestSilo(IPEndPoint database) => Relay = new DatabaseRelay(database);

    /// <summary>Its name in the cluster, with the generation that tells it from an earlier silo of the port.</summary>
    public SiloAddress Address { get; internal set; } = null!;

    /// <summary>Its rounds. An engine of a silo that was killed does nothing any more.</summary>
    public RoundEngine Engine { get; internal set; } = null!;

    /// <summary>The store that its engine commits to.</summary>
    public IStore Store => Own;

    /// <summary>The services that its grains have.</summary>
    public IServiceProvider Services =>
        services ?? throw new InvalidOperationException("The silo has not started.");

    /// <summary>References as the code of this silo takes them.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>
    /// Completes with the reason when the silo cannot go on, for example because others declared it dead. Its process
    /// would end; the cluster ends the silo as one that was killed.
    /// </summary>
    public Task<Exception> Ended => fault.Task;

    /// <summary>False once the silo was stopped or killed, or has ended by itself.</summary>
    public bool IsRunning { get; internal set; }

    internal SiloHandle Handle { get; set; } = null!;

    internal PostgresStore Own { get; private set; } = null!;

    internal DatabaseRelay Relay { get; }

    /// <summary>Closed: the loop and the work of the engine stand still.</summary>
    internal Gate Work { get; } = new();

    /// <summary>Closed: bytes between this silo and others stand still.</summary>
    internal Gate Network { get; } = new();

    /// <summary>The connections of Orleans, to and from silos and clients.</summary>
    internal ConcurrentDictionary<ConnectionContext, bool> Connections { get; } = new();

    /// <summary>True from the moment in which it is killed: nothing of it stops in order.</summary>
    internal bool IsKilled { get; set; }

    /// <summary>Called with this silo when it cannot go on.</summary>
    internal Action<TestSilo> OnFault { get; init; } = static _ => { };

    /// <summary>Its one end, whoever asks for it first.</summary>
    internal Lazy<Task>? End { get; set; }

    internal void Made(PostgresStore store) => Own = store;

    internal void Started(SiloHandle handle)
    {
        Handle = handle;
        services = ((InProcessSiloHandle)handle).SiloHost.Services;
        IsRunning = true;
    }

    internal void Fail(Exception error)
    {
        if (!IsKilled && fault.TrySetResult(error))
            OnFault(this);
    }

    /// <summary>Reports to a silo what would end its process.</summary>
    internal sealed class Faults(TestSilo silo) : IProcessFaults
    {
        public void Report(Exception error) => silo.Fail(error);
    }
}
