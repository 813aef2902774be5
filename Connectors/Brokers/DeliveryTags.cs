namespace Tributary.Connectors.Brokers;

/// <summary>
/// Which deliveries of one channel can be acknowledged together. The server numbers a channel's deliveries 1, 2, 3 …;
/// an acknowledgement of n "and all before" is right only when each of them has been dealt with.
/// </summary>
internal sealed class DeliveryTags
{
    // Above the unbroken run that begins with 1. Bounded by the prefetch.
    private readonly SortedSet<ulong> done = [];
    private ulong runEnd;

    /// <summary>This delivery may be acknowledged, or was dealt with on its own.</summary>
    public void Done(ulong tag) => done.Add(tag);

    /// <summary>
    /// The end of the unbroken run, if it has grown since the last call; everything up to it may be acknowledged at
    /// once.
    /// </summary>
    public ulong? TakeRun()
    {
        var before = runEnd;
        while (done.Remove(runEnd + 1))
            runEnd++;
        return runEnd == before ? null : runEnd;
    }
}
