namespace Tributary.Pipeline.Processing;

/// <summary>
/// A bounded number of places, given in the order of asking. A caller that waited goes on in its own context, so that a
/// simulation stays one thread. A framework semaphore with a cancellable wait would go on elsewhere.
/// </summary>
internal sealed class Places(int count)
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = new();
    private int free = count;

    /// <summary>Returns when there is a place; <see cref="Leave"/> gives it back.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TaskCompletionSource turn;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
        }

        await using var cancelling = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task;
    }

    public void Leave()
    {
        lock (gate)
        {
            // The place goes to a caller that still waits: its cancellation or this comes first, never both.
            while (waiting.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                    return;
            }

            free++;
        }
    }
}
