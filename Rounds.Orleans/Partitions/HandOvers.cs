using System.Collections.Concurrent;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// The partitions that this silo is handing over to others. Their calls wait for the end here, and are sent on then:
/// sent on before, they would come back and wait for longer each time.
/// </summary>
internal sealed class HandOvers(TimeProvider time)
{
    /// <summary>A silo that takes longer may never answer; calls look for the owner by themselves then.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<PartitionId, Task> underWay = new();

    /// <summary>Hands partitions over by <paramref name="move"/>.</summary>
    public async Task RunAsync(IReadOnlyList<PartitionId> partitions, Func<Task> move)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var partition in partitions)
            underWay[partition] = over.Task;
        try
        {
            await move();
        }
        finally
        {
            foreach (var partition in partitions)
                underWay.TryRemove(new(partition, over.Task));
            over.SetResult();
        }
    }

    /// <summary>
    /// Waits until the partition is handed over; returns at once when it is not being handed over, or when nobody waits
    /// any more. Never throws: the caller's call has not run, and the error that says so must reach its sender.
    /// </summary>
    public async Task WaitAsync(PartitionId partition, CancellationToken cancellation)
    {
        if (underWay.TryGetValue(partition, out var over))
            await over.WaitAsync(MaxWait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
