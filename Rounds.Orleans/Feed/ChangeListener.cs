using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// Listens to one other silo, session after session, for as long as the silo serves and somebody reads here. What may
/// have been missed in between is a doubt.
/// </summary>
/// <param name="keys">What is watched here.</param>
/// <param name="hint">Called when messages were stored, or may have been.</param>
internal sealed class ChangeListener(
    IChangeSource source, KeyLink keys, NodeChanges changes, Action hint, TimeProvider time)
{
    // What a silo that cannot be heard changes is looked for this often.
    private static readonly Backoff Retries = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    private readonly ChangeLink link = new(source, keys, changes, hint, time);

    /// <summary>True while somebody reads here.</summary>
    public required Func<bool> IsWanted { get; init; }

    /// <summary>True while the silo may run turns, as far as this node knows.</summary>
    public required Func<bool> CanServe { get; init; }

    /// <summary>True when the listener is not needed any more: nobody waits for it from then on.</summary>
    public required Func<bool> TryLeave { get; init; }

    /// <summary>Called when the silo could not be heard.</summary>
    public required Action<Exception> NotHeard { get; init; }

    /// <summary>Returns when the silo is gone, nobody reads here, or this node stops.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        try
        {
            await ListenAsync(ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The node stops.
        }

        changes.Unlink(keys);
        // What the silo changed in its last moments, and nobody told.
        changes.Doubt();
        hint();
    }

    private async Task ListenAsync(CancellationToken ending)
    {
        for (var attempt = 1; !TryLeave();)
        {
            if (await TryAsync(ending))
            {
                attempt = 1;
                continue;
            }

            keys.GiveUp();
            if (!CanServe())
                continue;
            changes.Doubt();
            hint();
            await Task.Delay(Retries.After(attempt++), time, ending);
        }
    }

    // False when the silo cannot be heard.
    private async Task<bool> TryAsync(CancellationToken ending)
    {
        try
        {
            await link.RunAsync(IsWanted, ending);
            return true;
        }
        catch (Exception error) when (!ending.IsCancellationRequested)
        {
            NotHeard(error);
            return false;
        }
    }
}
