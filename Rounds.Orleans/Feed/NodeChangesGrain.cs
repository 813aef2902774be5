using Orleans.Concurrency;
using Orleans.Placement;
using Tributary.Feed;
using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <inheritdoc cref="INodeChangesGrain"/>
// It is a reader of its silo's feeds, so that its silo listens to the others while the client listens here.
[PreferLocalPlacement, Immovable, Reentrant, GrainType("tributary.node-changes")]
internal sealed class NodeChangesGrain(NodeChanges changes, FeedTail tail, TimeProvider time)
    : Grain, INodeChangesGrain
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    // A silo that does not answer is told later, and a doubt follows.
    private static readonly TimeSpan MaxKnownWait = TimeSpan.FromSeconds(1);

    private readonly ChangeSessions sessions = new(changes, time);
    private IDisposable? reading;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        reading = tail.Demand.Enter();
        this.RegisterGrainTimer(EndWithoutSessions, Look, Look);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        sessions.EndAll();
        reading?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<long> Open(WireKey[] keys)
    {
        var session = sessions.Open(keys);
        await KnownAsync();
        return session;
    }

    public async Task<bool> Change(long session, WireKey[] added, WireKey[] removed)
    {
        if (!sessions.Change(session, added, removed))
            return false;
        await KnownAsync();
        return true;
    }

    public Task<ChangeReport?> Listen(long session) => sessions.ListenAsync(session);

    private async Task KnownAsync()
    {
        try
        {
            await changes.WhenKnown().WaitAsync(MaxKnownWait, time);
        }
        catch (TimeoutException)
        {
            // The client waits no longer than a reader of this silo does.
        }
    }

    private Task EndWithoutSessions()
    {
        if (sessions.IsEmpty)
            DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
