using Microsoft.Extensions.Logging;
using Tributary.Rounds.Calls;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// Runs activities beside the loop, a bounded number at once, and hands their results back. The waiting work is bounded
/// on both sides: activities are taken from the book only while there is room, and begin only while their results find
/// room. An activity that runs when the silo dies runs again elsewhere: its reminder is still stored. An activity that
/// may have ended a process is started with care: see <see cref="StartPolicy"/>.
/// </summary>
internal sealed partial class ActivityRunner(
    RoundOptions options, IRoundScheduler scheduler, IReadOnlyDictionary<string, IActivity> types, ReminderBook book,
    ActivityLoad load,
    StartPolicy policy, ActivityCallbacks callbacks, ILogger logger)
{
    private readonly Queue<ReminderEntry> waiting = new();
    private readonly CancellationTokenSource stopping = new();
    private int runningCount;
    private int resultsCount;
    private long resultBytes;

    // While starts are being noted no other activity starts: the noted ones go first.
    private bool isNoting;

    // True while an activity is to be the only one of the process, from its note to its durable end.
    private bool isAlone;

    /// <summary>True when another activity that is due can be taken from the book.</summary>
    public bool HasRoom => waiting.Count < options.MaxWaitingActivitiesCount;

    /// <summary>True when this build has the activity.</summary>
    public bool Knows(string activity) => types.ContainsKey(activity);

    private bool HasPlace => runningCount < options.MaxActivitiesCount && resultsCount < options.MaxWaitingResultsCount
        && resultBytes < options.MaxWaitingResultBytes;

    // No activity runs, not even a replaced one or one of an earlier incarnation, and no result waits to become
    // durable.
    private bool IsQuiet => runningCount == 0 && book.StartedCount == 0 && load.RunningCount == 0;

    /// <summary>Called by the loop with a due activity that this build knows, for which there is room.</summary>
    public void Start(ReminderEntry entry)
    {
        waiting.Enqueue(entry);
        StartWaiting();
    }

    /// <summary>Called by the loop when it hears of a result, which waits for its turn from now on.</summary>
    public void Finish(ReminderInput result)
    {
        runningCount--;
        result.IsCounted = true;
        resultsCount++;
        resultBytes += result.SizeBytes;
        StartWaiting();
    }

    /// <summary>Called by the loop when the turn of a result begins: from now on its round counts it.</summary>
    public void Take(ReminderInput result)
    {
        if (!result.IsCounted)
            return;
        result.IsCounted = false;
        resultsCount--;
        resultBytes -= result.SizeBytes;
        StartWaiting();
    }

    /// <summary>
    /// Called by the loop when it has taken all due activities for which there was room: only then is it known whether
    /// some are left.
    /// </summary>
    public void Report()
    {
        if (stopping.IsCancellationRequested)
            return;
        // A durable round may have ended the last activity that a lone start waits for.
        StartWaiting();
        load.Report(waiting.Count + runningCount + resultsCount, HasRoom);
    }

    public void Stop()
    {
        stopping.Cancel();
        waiting.Clear();
        load.Report(0, hasRoom: true);
    }

    private void StartWaiting()
    {
        while (!stopping.IsCancellationRequested && !isNoting && HasPlace && !(isAlone && !IsQuiet)
            && waiting.TryPeek(out var entry))
        {
            isAlone = false;
            var start = policy.Of(entry.Row);
            // An activity that was replaced while it waited does not start.
            if (start is not StartKind.Free && !book.IsCurrent(entry))
                start = StartKind.Free;
            if (start is not StartKind.Free && !callbacks.CanStart.IsCompleted)
                return;
            if (start is StartKind.Alone && !IsQuiet)
                return;
            waiting.Dequeue();
            switch (start)
            {
                case StartKind.Free:
                    Begin(entry);
                    break;
                case StartKind.Ended:
                    Refuse(entry);
                    break;
                default:
                    Note(entry, start is StartKind.Alone);
                    break;
            }
        }
    }

    private void Begin(ReminderEntry entry)
    {
        if (!book.TryStart(entry, out var local))
            return;
        runningCount++;
        load.Begin();
        scheduler.Start(() => RunAsync(entry, local));
    }

    // The activity does not run again: its owner is told an error, and decides what follows.
    private void Refuse(ReminderEntry entry)
    {
        if (!book.TryStart(entry, out _))
            return;
        LogEnded(entry.Row.Activity!, entry.Row.Name, entry.Row.Grain, entry.Row.StartsCount);
        runningCount++;
        callbacks.Done(new ReminderInput(entry, new ActivityResult(null, StartPolicy.ErrorOf(entry.Row))));
    }

    // The note is durable before the activity starts. The waiting activities behind it that need the same note share
    // the write, as many as there are places.
    private void Note(ReminderEntry first, bool alone)
    {
        List<ReminderEntry> noted = [first];
        while (!alone && runningCount + noted.Count < options.MaxActivitiesCount && waiting.TryPeek(out var next)
            && book.IsCurrent(next) && policy.Of(next.Row) is StartKind.Counted)
        {
            noted.Add(waiting.Dequeue());
        }

        isNoting = true;
        callbacks.Note(
            [.. noted.Select(entry => new StartNote(entry.Row, policy.StartsOf(entry.Row) + 1, alone))],
            () =>
            {
                isNoting = false;
                isAlone = alone;
                if (stopping.IsCancellationRequested)
                    return;
                foreach (var entry in noted)
                    Begin(entry);
                StartWaiting();
            });
    }

    private async Task RunAsync(ReminderEntry entry, object? local)
    {
        var row = entry.Row;
        ReminderInput result;
        try
        {
            var output = await types[row.Activity!]
                .RunAsync(new ActivityStart(row.Grain, row.Name, row.Attempt, row.Payload, local), stopping.Token);
            result = new ReminderInput(entry, new ActivityResult(output, null));
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Any error of a cancelled activity is ignored: its reminder stays as it is, and the activity runs again
            // after the next start.
            return;
        }
        catch (Exception error)
        {
            LogFailed(row.Activity!, row.Grain, row.Attempt, error);
            result = new ReminderInput(entry, new ActivityResult(null, ErrorText.Of(error)));
        }
        finally
        {
            load.End();
        }

        callbacks.Done(result);
    }
}

/// <summary>The services that the loop gives to the runner.</summary>
/// <param name="Done">Takes a result; from any thread.</param>
/// <param name="Note">Makes the notes durable, then runs the action on the loop, unless the incarnation is
/// over.</param>
/// <param name="CanStart">See <see cref="Hosting.RoundEngine.CanStart"/>.</param>
internal sealed record ActivityCallbacks(
    Action<ReminderInput> Done, Action<IReadOnlyList<StartNote>, Action> Note, Task CanStart);
