namespace Tributary.Pipeline.Intake;

/// <summary>
/// Lets many callers in together, or one alone, in the order of asking. A caller that asks to be alone waits for the
/// callers inside; later callers wait for it.
/// </summary>
internal sealed class AloneGate
{
    private readonly Lock gate = new();
    private readonly LinkedList<(TaskCompletionSource Turn, bool IsAlone)> waiting = new();
    private int insideCount;
    private bool isAloneInside;

    /// <summary>Returns when the caller is inside; <see cref="Leave"/> lets it out.</summary>
    public async ValueTask EnterAsync(bool isAlone, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        LinkedListNode<(TaskCompletionSource Turn, bool IsAlone)> place;
        lock (gate)
        {
            if (waiting.Count == 0 && TryEnter(isAlone))
                return;
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            place = waiting.AddLast((turn, isAlone));
        }

        await using var cancelling = cancellation.Register(() => GiveUp(place, cancellation));
        await place.Value.Turn.Task;
    }

    public void Leave()
    {
        lock (gate)
        {
            insideCount--;
            isAloneInside = false;
            Admit();
        }
    }

    private bool TryEnter(bool isAlone)
    {
        if (isAloneInside || (isAlone && insideCount > 0))
            return false;
        insideCount++;
        isAloneInside = isAlone;
        return true;
    }

    private void Admit()
    {
        while (waiting.First is { } first && TryEnter(first.Value.IsAlone))
        {
            waiting.RemoveFirst();
            first.Value.Turn.SetResult();
        }
    }

    // The caller gives up or is admitted, never both. A caller that gave up may have held up the callers behind it.
    private void GiveUp(LinkedListNode<(TaskCompletionSource Turn, bool IsAlone)> place, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (place.List is null)
                return;
            waiting.Remove(place);
            place.Value.Turn.SetCanceled(cancellation);
            Admit();
        }
    }
}
