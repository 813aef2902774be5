using Microsoft.Extensions.Logging;
using Tributary.Feed;
using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// Listens, in a client of the cluster, to the changes of all silos by way of one of them, while somebody reads the
/// feeds of this node. When that silo is lost, another one is listened to, and what may have been missed is a doubt.
/// </summary>
/// <param name="grains">The cluster's grains; throws while no silo can be reached.</param>
/// <param name="newId">Makes ids of sessions.</param>
public sealed partial class ClusterChanges(
    NodeChanges changes, FeedTail tail, Func<IGrainFactory> grains, Func<Guid> newId, TimeProvider time,
    ILogger<ClusterChanges> logger)
{
    private readonly Lock gate = new();
    private readonly Source source = new(grains, newId);
    private CancellationToken ending;
    private Task running = Task.CompletedTask;
    private bool isRunning;

    /// <summary>Listens whenever somebody reads, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        lock (gate)
            ending = cancellation;
        tail.Demand.Began = Begin;
        Begin();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            Task last;
            lock (gate)
                last = running;
            await last;
        }
    }

    // Also called by the first reader, before it reads: the link that it waits for is there when this returns.
    private void Begin()
    {
        lock (gate)
        {
            if (isRunning || ending.IsCancellationRequested || !IsWanted())
                return;
            var keys = changes.Link();
            isRunning = true;
            running = Task.Run(() => ListenAsync(keys), CancellationToken.None);
        }
    }

    private Task ListenAsync(KeyLink keys)
    {
        var listener = new ChangeListener(source, keys, changes, tail.Hint, time)
        {
            IsWanted = IsWanted,
            CanServe = static () => true,
            TryLeave = TryLeave,
            NotHeard = error => LogNotHeard(error.Message),
        };
        return listener.RunAsync(ending);
    }

    // A reader that comes now either keeps the link or finds none, and begins another.
    private bool TryLeave()
    {
        lock (gate)
        {
            if (IsWanted())
                return false;
            isRunning = false;
            return true;
        }
    }

    private bool IsWanted() => tail.Demand.Exists;

    // With a new key for each session: its grain is where the session begins, also when the last one is still held for
    // alive elsewhere.
    private sealed class Source(Func<IGrainFactory> grains, Func<Guid> newId) : IChangeSource
    {
        private INodeChangesGrain? at;

        public Task<long> Open(WireKey[] keys)
        {
            at = grains().GetGrain<INodeChangesGrain>(newId());
            return at.Open(keys);
        }

        public Task<bool> Change(long session, WireKey[] added, WireKey[] removed) =>
            at!.Change(session, added, removed);

        public Task<ChangeReport?> Listen(long session) => at!.Listen(session);
    }
}
