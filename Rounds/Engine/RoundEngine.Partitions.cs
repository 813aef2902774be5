using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Storage;

namespace Tributary.Rounds.Engine;

/// <summary>Which partitions the silo is told to hold, through all its incarnations.</summary>
public sealed partial class RoundEngine
{
    private readonly Lock holdGate = new();
    private Partitioner? partitioner;
    private readonly SortedSet<int> toHold = [];

    // Ends when another incarnation has joined, or none will any more.
    private volatile TaskCompletionSource joinedNext = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The incarnation that joined last, or null.</summary>
    public SiloId? Silo => loop?.Silo;

    /// <summary>See <see cref="RoundOptions.IsAlone"/>.</summary>
    public bool IsAlone => options.IsAlone;

    /// <summary>Partitions whose turns run here, at about this moment. From any thread.</summary>
    public int PartitionsCount => loop?.PartitionsCount ?? 0;

    /// <summary>
    /// Ends when the silo has stopped, or its incarnation was declared dead and no other follows (see
    /// <see cref="RoundOptions.Rejoins"/>).
    /// </summary>
    public Task Ended => stopped.Task;

    /// <summary>
    /// An incarnation was declared dead, and nothing of it is here any more. Called beside the loop, before another
    /// joins.
    /// </summary>
    public Action<SiloId>? Died { get; set; }

    /// <summary>
    /// A durable round left calls in partitions that are not here: their owners find them when they look, at once when
    /// they are told to by <see cref="LookForCalls"/>. Called on the loop; must return at once.
    /// </summary>
    public Action<IReadOnlyCollection<PartitionId>>? LeftElsewhere { get; set; }

    /// <summary>The partition of a grain; known once the silo has started.</summary>
    public PartitionId PartitionOf(RoundGrainId grain) =>
        (partitioner ??= new Partitioner(Facts.PartitionCount)).Of(grain);

    /// <summary>What a partition is to this silo, at about this moment. From any thread.</summary>
    public PartitionState StateOf(PartitionId partition) => loop?.StateOf(partition) ?? PartitionState.Gone;

    /// <summary>True when turns of the partition run here, at about this moment. From any thread.</summary>
    public bool IsHere(PartitionId partition) => StateOf(partition) == PartitionState.Here;

    /// <summary>
    /// Takes partitions, all that are asked for at about the same time with one statement, and holds them through
    /// further
    /// incarnations. Answers with those that are here: their takes are durable, and their turns run. The others belong
    /// to
    /// silos that live. Those that are here already are here; those that are being given come back when that is done.
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
    /// Gives partitions: their calls get a <see cref="PartitionElsewhereException"/> from now on, and what has begun
    /// ends.
    /// Completes when they are gone for certain, durably or with the incarnation.
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
            // The silo has stopped, and has left with everything.
        }
    }

    /// <summary>Looks for calls that others have left for partitions of this silo. From any thread.</summary>
    public void LookForCalls() => loop?.LookForCalls();

    // An incarnation that ends leaves what it was asked for to the next one.
    private async Task<IReadOnlyList<PartitionId>> ChangeAsync(
        Func<RoundLoop, Task<IReadOnlyList<PartitionId>?>> change, CancellationToken cancellation)
    {
        while (true)
        {
            // In this order: an incarnation that joins in between is asked, and the next one is not waited for.
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
            // Nobody waits for the start of a silo that has ended meanwhile.
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

    // Whoever waited for this incarnation goes on with it; also when the process is as good as dead meanwhile.
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

    private void OnLeftElsewhere(IReadOnlyCollection<PartitionId> partitions) => LeftElsewhere?.Invoke(partitions);

    // The last incarnation is dead. Its process lives, so that its starts of activities ended nothing; who waits is
    // told.
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
