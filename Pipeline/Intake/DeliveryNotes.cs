using Tributary.Storage;
using Tributary.Storage.Deliveries;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// Writes notes of deliveries: one write at a time, each for all that came while the one before it was under way.
/// </summary>
/// <param name="wait">Waits by the process's clock.</param>
internal sealed class DeliveryNotes(IDeliveryStarts store, Func<TimeSpan, CancellationToken, Task> wait)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private Dictionary<(string Source, UInt128 Fingerprint), DeliveryStart> pending = [];
    private TaskCompletionSource? next;
    private bool isWriting;

    /// <summary>
    /// Returns when the note is durable; with no starts it is removed. While the store is away it waits.
    /// </summary>
    public Task WriteAsync(DeliveryStart start, CancellationToken cancellation)
    {
        Task written;
        var isFirst = false;
        lock (gate)
        {
            pending[(start.Source, start.Fingerprint)] = start;
            next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            written = next.Task;
            if (!isWriting)
                isFirst = isWriting = true;
        }

        if (isFirst)
            _ = WriteAllAsync(cancellation);
        return written.WaitAsync(cancellation);
    }

    private async Task WriteAllAsync(CancellationToken cancellation)
    {
        while (true)
        {
            IReadOnlyList<DeliveryStart> starts;
            TaskCompletionSource written;
            lock (gate)
            {
                if (next is null)
                {
                    isWriting = false;
                    return;
                }

                (starts, written) = ([.. pending.Values], next);
                (pending, next) = ([], null);
            }

            try
            {
                await WriteAsync(starts, cancellation);
                written.SetResult();
            }
            catch (Exception error)
            {
                // Told to all who wait for the write; what came meanwhile is written next.
                written.SetException(error);
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation)
    {
        for (var delay = FirstWait; ; delay = delay * 2 < LastWait ? delay * 2 : LastWait)
        {
            try
            {
                await store.WriteAsync(starts, cancellation);
                return;
            }
            catch (StoreException error) when (error.IsPassing)
            {
                // Nothing is known to be written, and writing it twice does no harm.
            }

            await wait(delay, cancellation);
        }
    }
}
