using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Tributary.TestingHost.Clusters;

/// <summary>What can be done to the silos.</summary>
public sealed partial class TributaryTestCluster
{
    private readonly ConcurrentDictionary<PartitionId, SiloAddress> homes = new();
    private readonly ConcurrentDictionary<(int, int), Gate> between = new();

    /// <summary>
    /// Ends a silo as a crash of its process does: its connections break, its rounds that are not durable are lost,
    /// and nothing is told to the others.
    /// </summary>
    public Task KillAsync(TestSilo silo) => EndOnce(silo, () => KillNowAsync(silo));

    /// <summary>Stops a silo in order: it moves its partitions to the others, and leaves.</summary>
    public Task StopAsync(TestSilo silo) => EndOnce(silo, () => StopNowAsync(silo));

    /// <summary>
    /// Makes a silo stand still, as SIGSTOP does to a process: its loop takes no further step, no commit begins, and
    /// the bytes of all its connections stay where they are, in both directions, while the connections stay open. A
    /// step that runs goes to its end, and what follows from it does not leave. Unlike in a stopped process, code
    /// outside the rounds goes on inside the silo: ordinary grains, timers, services; their calls and statements get no
    /// answer.
    /// </summary>
    public void Freeze(TestSilo silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Work.Close();
        silo.Relay.Gate.Close();
        silo.Network.Close();
    }

    /// <summary>Lets a silo that stands still go on. One that was declared dead meanwhile ends.</summary>
    public void Thaw(TestSilo silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Network.Open();
        silo.Relay.Gate.Open();
        silo.Work.Open();
    }

    /// <summary>
    /// Moves a partition as silos that come and go do: its owner gives it in a round, the other silo takes it, and no
    /// call fails. It stays there while that silo runs. Returns when its turns run there.
    /// </summary>
    /// <exception cref="TimeoutException">It did not arrive within two minutes.</exception>
    public Task MoveAsync(PartitionId partition, TestSilo silo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(silo);
        // The owner's watch over its partitions sees within a second that this one belongs elsewhere.
        homes[partition] = silo.Address;
        return Polling.UntilAsync(
            () => silo.Engine.IsHere(partition),
            () => $"partition {partition} runs at {silo.Address}; found "
                + (OwnerOf(partition)?.Address.ToString() ?? "no owner"),
            cancellation);
    }

    /// <summary>
    /// Cuts a silo off from the database: its connections end on both sides, and new ones are refused. It still reaches
    /// the other silos.
    /// </summary>
    public void CutFromDatabase(TestSilo silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Relay.Cut();
    }

    /// <summary>
    /// Cuts two silos off from each other: the bytes between them stay where they are, in both directions, and new
    /// connections get no answer, as in a network that loses everything. Both still reach the others and the database.
    /// </summary>
    public void Cut(TestSilo one, TestSilo other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        Between(one.Address.Endpoint.Port, other.Address.Endpoint.Port).Close();
    }

    /// <summary>Ends all cuts. Silos that were frozen stay so.</summary>
    public void Heal()
    {
        foreach (var cut in between.Values)
            cut.Open();
        foreach (var silo in Silos)
            silo.Relay.Heal();
    }

    private Gate Between(int one, int other) =>
        between.GetOrAdd((Math.Min(one, other), Math.Max(one, other)), static _ => new Gate());

    private Task EndOnce(TestSilo silo, Func<Task> end)
    {
        ArgumentNullException.ThrowIfNull(silo);
        lock (gate)
            silo.End ??= new Lazy<Task>(() => Task.Run(end));
        return silo.End.Value;
    }

    // The ends of silos that ended by themselves are under way when the cluster is disposed.
    private List<Task> Ends()
    {
        lock (gate)
            return [.. silos.Where(static silo => silo.End is not null).Select(static silo => silo.End!.Value)];
    }

    private async Task KillNowAsync(TestSilo silo)
    {
        silo.IsKilled = true;
        silo.IsRunning = false;
        // Nothing that happens from here on leaves the silo.
        silo.Network.Close();
        silo.Relay.Cut();
        silo.Engine.Abandon();
        // The end of a process closes its sockets at once. Orleans would do it some time after the silo has stopped.
        foreach (var connection in silo.Connections.Keys)
            connection.Abort();
        // Threads that stand still see that the engine is abandoned.
        silo.Work.Open();
        silo.Relay.Gate.Open();
        // Orleans would try for minutes to write that the silo stops, which a crash writes nowhere.
        silo.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value.MaxJoinAttemptTime =
            TimeSpan.FromMilliseconds(1);
        await Started.KillSiloAsync(silo.Handle);
        await silo.Own.DisposeAsync();
    }

    private async Task StopNowAsync(TestSilo silo)
    {
        try
        {
            await Started.StopSiloAsync(silo.Handle);
        }
        finally
        {
            silo.IsRunning = false;
            await silo.Own.DisposeAsync();
            await silo.Relay.DisposeAsync();
        }
    }
}
