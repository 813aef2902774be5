using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// Listens to one other silo, or to one that hears all, for the subscribers of this node. A report that is lost, a
/// session that is over and a silo that is gone each end in a doubt: the subscribers then read their states again, so
/// that a change can be late and never missing.
/// </summary>
/// <param name="keys">What is watched here.</param>
/// <param name="hint">Called when messages were stored, or may have been.</param>
internal sealed class ChangeLink(
    IChangeSource source, KeyLink keys, NodeChanges changes, Action hint, TimeProvider time)
{
    /// <summary>
    /// The shortest time from one report to the next question: under load a report tells of several rounds.
    /// </summary>
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);

    /// <summary>A silo that is silent for longer is not heard.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs one session. Returns when the silo does not know the session any more, or when nobody reads here.
    /// </summary>
    /// <exception cref="Exception">The silo cannot be reached.</exception>
    public async Task RunAsync(Func<bool> isWanted, CancellationToken cancellation)
    {
        var session = await source.Open(WireKey.Of(keys.Begin())).WaitAsync(MaxSilence, time, cancellation);
        // What the silo changed before it knew the keys.
        changes.Doubt();
        hint();
        keys.Known();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var changing = keys.WaitAsync(over.Token);
        var listening = source.Listen(session);
        try
        {
            while (true)
            {
                await Task.WhenAny(listening, changing).WaitAsync(MaxSilence, time, cancellation);
                if (changing.IsCompleted)
                {
                    await changing;
                    if (!await TrySendAsync(session, cancellation))
                        return;
                    changing = keys.WaitAsync(over.Token);
                }

                if (!listening.IsCompleted)
                    continue;
                if (await listening is not { } report || !isWanted())
                    return;
                Apply(report);
                await Task.Delay(MinPause, time, cancellation);
                listening = source.Listen(session);
            }
        }
        finally
        {
            End(over, listening, changing);
        }
    }

    private static void End(CancellationTokenSource over, Task listening, Task changing)
    {
        over.Cancel();
        listening.Ignore();
        changing.Ignore();
    }

    private async Task<bool> TrySendAsync(long session, CancellationToken cancellation)
    {
        if (keys.Take() is not { } change)
            return true;
        var isKnown = await source.Change(session, WireKey.Of(change.Added), WireKey.Of(change.Removed))
            .WaitAsync(MaxSilence, time, cancellation);
        if (isKnown)
            keys.Known();
        return isKnown;
    }

    private void Apply(ChangeReport report)
    {
        if (report.HasMessages)
            hint();
        if (report.HasMessages || report.HasFailures)
            changes.Told(new RoundNews(report.HasMessages, report.HasFailures));
        foreach (var item in report.Items)
            changes.ItemChanged(item);
        foreach (var key in report.Aggregates)
            changes.AggregateChanged(key);
        if (report.IsCut)
            changes.Doubt();
    }
}
