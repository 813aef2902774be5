using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Rounds.Engine;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// Listens to the other silos of the cluster while somebody reads the feeds of this node, with one
/// <see cref="ChangeListener"/> for each. Without readers nothing is asked, and other silos keep nothing for this node.
/// </summary>
internal sealed partial class ChangeLinks(
    RoundEngine engine, NodeChanges changes, SiloChangesClient silos, ILocalSiloDetails self,
    IClusterMembershipService membership, IServiceProvider services, TimeProvider time, ILogger<ChangeLinks> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<SiloAddress, Task> running = [];
    private readonly CancellationTokenSource ending = new();
    private FeedTail? tail;
    private Task watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ChangeLinks), ServiceLifecycleStage.Active, BeginAsync, EndAsync);

    public void Dispose() => ending.Dispose();

    private Task BeginAsync(CancellationToken cancellation)
    {
        if (engine.IsAlone)
            return Task.CompletedTask;
        // Known since the engine has joined.
        tail = services.GetRequiredService<FeedTail>();
        tail.Demand.Began = Review;
        watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        await ending.CancelAsync();
        await watching;
        Task[] links;
        lock (gate)
            links = [.. running.Values];
        await Task.WhenAll(links);
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(ending.Token))
                Review();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    // Also called by the first reader, before it reads: the links that it waits for are there when this returns.
    private void Review()
    {
        lock (gate)
        {
            if (ending.IsCancellationRequested || !IsWanted())
                return;
            foreach (var silo in membership.CurrentSnapshot.Members.Keys)
            {
                if (!running.ContainsKey(silo) && !silo.Equals(self.SiloAddress) && CanServe(silo))
                    Begin(silo);
            }
        }
    }

    private void Begin(SiloAddress silo)
    {
        var keys = changes.Link();
        running.Add(silo, Task.Run(() => RunAsync(silo, keys), CancellationToken.None));
    }

    private Task RunAsync(SiloAddress silo, KeyLink keys)
    {
        var listener = new ChangeListener(silos.At(silo), keys, changes, tail!.Hint, time)
        {
            IsWanted = IsWanted,
            CanServe = () => CanServe(silo),
            TryLeave = () => TryLeave(silo),
            NotHeard = error => LogNotHeard(silo, error.Message),
        };
        return listener.RunAsync(ending.Token);
    }

    // A reader that comes now either keeps the link or finds none, and begins another.
    private bool TryLeave(SiloAddress silo)
    {
        lock (gate)
            return !(IsWanted() && CanServe(silo)) && running.Remove(silo);
    }

    private bool IsWanted() => tail!.Demand.Exists;

    // Silos that stop still run turns.
    private bool CanServe(SiloAddress silo) =>
        membership.CurrentSnapshot.Members.TryGetValue(silo, out var member)
        && member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;
}
