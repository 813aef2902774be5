namespace Tributary.Connectors.Brokers;

/// <summary>
/// Tells which deliveries of one channel can be acknowledged together. The server numbers a channel's deliveries 1, 2,
/// 3 …; one acknowledgement of all up to n is right only when each of them is done.
/// </summary>
internal sealed class DeliveryTags
{
    // Done tags above the unbroken run that begins with 1. The prefetch bounds their number.
    private readonly SortedSet<ulong> done = [];
    private ulong runEnd;

    /// <summary>Records that this delivery may be acknowledged, or was rejected by itself.</summary>
    public void Done(ulong tag) => done.Add(tag);

    /// <summary>The end of the unbroken run of done tags if it has grown since the last call, else null.</summary>
    public ulong? TakeRun()
    {
        var before = runEnd;
        while (done.Remove(runEnd + 1))
            runEnd++;
        return runEnd == before ? null : runEnd;
    }
}
