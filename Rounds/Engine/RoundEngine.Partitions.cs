using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Storage;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>Keeps the partitions that the silo is told to hold, through all its incarnations.</summary>
public sealed partial class RoundEngine
{
    private readonly Lock holdGate = new();
    private Partitioner? partitioner;
    private readonly SortedSet<int> toHold = [];

    // Completes when another incarnation has joined, or none will join any more.
    private volatile TaskCompletionSource joinedNext = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The incarnation that joined last, or null.</summary>
    public SiloId? Silo => loop?.Silo;

    /// <summary>The silos of the database.</summary>
    public ISiloRows Rows => store;

    /// <summary>See <see cref="RoundOptions.IsAlone"/>.</summary>
    public bool IsAlone => options.IsAlone;

    /// <summary>Partitions whose turns run here, at about this moment. From any thread.</summary>
    public int PartitionsCount => loop?.PartitionsCount ?? 0;

    /// <summary>
    /// Completes when the silo has stopped, or when its incarnation was declared dead and no other follows (see
    /// <see cref="RoundOptions.Rejoins"/>).
    /// </summary>
    public Task Ended => stopped.Task;

    /// <summary>
    /// An incarnation was declared dead, and nothing of it is left here. Called beside the loop, before another
    /// incarnation joins.
    /// </summary>
    public Action<SiloId>? Died { get; set; }

    /// <summary>
    /// A durable round left these rows of calls for partitions of other silos. Their owners find the rows at their next
    /// look, or at once when <see cref="TakeCalls"/> hands them over. Called on the loop; must return at once.
    /// </summary>
    public Action<IReadOnlyList<DeferredCall>>? LeftElsewhere { get; set; }

    /// <summary>The partition of a grain; known once the silo has started.</summary>
    public PartitionId PartitionOf(RoundGrainId grain) =>
        (partitioner ??= new Partitioner(Facts.PartitionCount)).Of(grain);

    /// <summary>The state of a partition in this silo, at about this moment. From any thread.</summary>
    public PartitionState StateOf(PartitionId partition) => loop?.StateOf(partition) ?? PartitionState.Gone;

    /// <summary>True when turns of the partition run here, at about this moment. From any thread.</summary>
    public bool IsHere(PartitionId partition) => StateOf(partition) == PartitionState.Here;

    /// <summary>
    /// Takes partitions, with one statement for all requests of about the same time, and holds them through further
    /// incarnations. Returns the partitions that are here: their takes are durable, and their turns run. The other
    /// partitions belong to silos that live. A partition that is here already is in the answer at once; a partition
    /// that is being given comes back when the give is done.
    /// </summary>
    /// <exception cref="OverloadedException">The silo has stopped, or stops.</exception>
    public async Task<IReadOnlyList<PartitionId>> TakeAsync(
        IReadOnlyList<PartitionId> partitions, CancellationToken cancellation = default)
    {
        Hold(partitions);
        var here = await ChangeAsync(loop => loop.TakeAsync(partitions), cancellation);
        lock (holdGate)
            toHold.ExceptWith(partitions.Except(here).Select(partition => partition.Value));
        return here;
    }

    /// <summary>
    /// Gives partitions: their calls get a <see cref="PartitionElsewhereException"/> from now on, and turns that have
    /// begun end. Completes when the partitions are gone for certain, durably or with the incarnation.
    /// </summary>
    public async Task GiveAsync(IReadOnlyList<PartitionId> partitions, CancellationToken cancellation = default)
    {
        lock (holdGate)
            toHold.ExceptWith(partitions.Select(partition => partition.Value));
        if (loop is null)
            return;
        try
        {
            await ChangeAsync(loop => loop.GiveAsync(partitions), cancellation);
        }
        catch (OverloadedException)
        {
            // The silo has stopped, and has left all its partitions.
        }
    }

    /// <summary>Looks for calls that other silos left for partitions of this silo. From any thread.</summary>
    public void LookForCalls() => loop?.LookForCalls();

    /// <summary>
    /// Takes rows of calls that another silo left for partitions of this silo, without a read. Rows that may have been
    /// made already, or are of another silo, are dropped: the next look finds those that were not. From any thread.
    /// </summary>
    public void TakeCalls(IReadOnlyList<DeferredCall> rows) => loop?.TakeCalls(rows);

    // When an incarnation ends before it answers, the next incarnation is asked.
    private async Task<IReadOnlyList<PartitionId>> ChangeAsync(
        Func<RoundLoop, Task<IReadOnlyList<PartitionId>?>> change, CancellationToken cancellation)
    {
        while (true)
        {
            // Read before the incarnation is asked: when another one joins in between, that one is asked, and this does
            // not wait for yet another.
            var next = joinedNext;
            var asked = loop ?? throw new InvalidOperationException("The silo has not started.");
            if (await change(asked).WaitAsync(cancellation) is { } answer)
                return answer;
            if (stopped.Task.IsCompleted || isAbandoned)
                throw NewStopped();
            await next.Task.WaitAsync(cancellation);
        }
    }

    private async Task TakeAllAsync(CancellationToken cancellation)
    {
        IReadOnlyList<PartitionId> here;
        try
        {
            here = await TakeAsync(AllPartitions(), cancellation);
        }
        catch (OverloadedException) when (isAbandoned || isStopping)
        {
            // The silo has ended meanwhile: nobody waits for its start.
            return;
        }

        if (here.Count < Facts.PartitionCount)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"Another silo owns {Facts.PartitionCount - here.Count} of the {Facts.PartitionCount} partitions.");
        }
    }

    private List<PartitionId> AllPartitions() =>
        [.. Enumerable.Range(0, Facts.PartitionCount).Select(id => new PartitionId(id))];

    private void Hold(IReadOnlyList<PartitionId> partitions)
    {
        lock (holdGate)
            toHold.UnionWith(partitions.Select(partition => partition.Value));
    }

    private List<PartitionId> ToHold()
    {
        lock (holdGate)
            return [.. toHold.Select(id => new PartitionId(id))];
    }

    // The requests that waited for this incarnation go on with it, also when the process was abandoned meanwhile.
    private void Joined()
    {
        var following = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref joinedNext, following).TrySetResult();
        if (isAbandoned)
            joinedNext.TrySetResult();
    }

    private void Stopped()
    {
        stopped.TrySetResult();
        joinedNext.TrySetResult();
    }

    private void OnLeftElsewhere(IReadOnlyList<DeferredCall> rows) => LeftElsewhere?.Invoke(rows);

    // The last incarnation is dead. Its process lives, so that its starts of activities ended no process. Calls that
    // wait are told.
    private async Task EndAsync()
    {
        inbox.Close();
        // A call that was on its way in when the inbox closed is counted, and comes out a moment later.
        while (inbox.Count > 0)
        {
            for (var workClass = WorkClass.Calls; workClass <= WorkClass.Bulk; workClass++)
            {
                while (inbox.TryTake(workClass, out var input))
                    input.Refuse(NewStopped());
            }

            await Task.Delay(options.RetryDelay, environment.Time);
        }

        try
        {
            await store.LeaveAsync(ended!.Value, CancellationToken.None);
        }
        catch (StoreException error)
        {
            LogLeaveFailed(error.Message);
        }
    }

    private OverloadedException NewStopped() =>
        new("The silo has stopped; another one takes the call.", options.RetryAfter);
}
