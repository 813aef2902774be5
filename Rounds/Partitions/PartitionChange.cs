namespace Tributary.Rounds.Partitions;

/// <summary>
/// A request to take or give some partitions, whose caller waits until they are here or gone. Used by the loop only,
/// except for its task and its end.
/// </summary>
internal sealed class PartitionChange
{
    private readonly TaskCompletionSource<IReadOnlyList<PartitionId>?> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<PartitionId> done = [];
    private int leftCount;

    public PartitionChange(IReadOnlyList<PartitionId> partitions)
    {
        Partitions = partitions;
        leftCount = partitions.Count;
        if (leftCount == 0)
            answer.SetResult(done);
    }

    public IReadOnlyList<PartitionId> Partitions { get; }

    /// <summary>The partitions that came out as requested; null when the incarnation has ended before.</summary>
    public Task<IReadOnlyList<PartitionId>?> Answer => answer.Task;

    /// <summary>The incarnation has ended. From any thread.</summary>
    public void End() => answer.TrySetResult(null);

    public void Decide(PartitionId partition, bool asAsked)
    {
        if (asAsked)
            done.Add(partition);
        if (--leftCount == 0)
            answer.TrySetResult(done);
    }
}
