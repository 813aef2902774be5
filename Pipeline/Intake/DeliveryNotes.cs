using Tributary.Storage;
using Tributary.Storage.Deliveries;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// Writes notes of deliveries: one write at a time, each for all notes that came during the write before.
/// </summary>
/// <param name="wait">Waits by the process's clock.</param>
internal sealed class DeliveryNotes(IDeliveryStarts store, Func<TimeSpan, CancellationToken, Task> wait)
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    private readonly Lock gate = new();
    private Dictionary<(string Source, UInt128 Fingerprint), DeliveryStart> pending = [];
    private TaskCompletionSource? next;
    private bool isWriting;

    /// <summary>
    /// Returns when the note is durable; a note without starts is removed. Waits while the store is away.
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
                // All who wait for the write get the error; notes that came meanwhile are written next.
                written.SetException(error);
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store.WriteAsync(starts, cancellation);
                return;
            }
            catch (StoreException error) when (error.IsPassing)
            {
                // It is unknown whether the notes were written. Writing them twice does no harm.
            }

            await wait(Retries.After(attempt), cancellation);
        }
    }
}
