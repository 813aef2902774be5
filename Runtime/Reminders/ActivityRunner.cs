using Microsoft.Extensions.Logging;
using Tributary.Runtime.Calls;

namespace Tributary.Runtime.Reminders;

/// <summary>
/// Runs activities beside the loop, a bounded number at once, and hands their results back. What waits is bounded on both sides: activities
/// are taken from the book only while there is room, and begin only while their results find room. One that runs when the
/// silo dies runs again elsewhere: its reminder is still there.
/// </summary>
internal sealed partial class ActivityRunner(
    SiloOptions options, ISiloScheduler scheduler, IReadOnlyDictionary<string, IActivity> types, ReminderBook book, ActivityLoad load,
    Action<ReminderInput> done, ILogger logger)
{
    private readonly Queue<ReminderEntry> waiting = new();
    private readonly CancellationTokenSource stopping = new();
    private int runningCount;
    private int resultsCount;
    private long resultBytes;

    /// <summary>True when another activity that is due can be taken from the book.</summary>
    public bool HasRoom => waiting.Count < options.MaxWaitingActivitiesCount;

    /// <summary>True when this build has the activity.</summary>
    public bool Knows(string activity) => types.ContainsKey(activity);

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

    /// <summary>Called by the loop when it has taken all that is due, as far as there was room: only then is it known whether there is some left.</summary>
    public void Report()
    {
        if (!stopping.IsCancellationRequested)
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
        while (!stopping.IsCancellationRequested && runningCount < options.MaxActivitiesCount && resultsCount < options.MaxWaitingResultsCount
            && resultBytes < options.MaxWaitingResultBytes && waiting.TryDequeue(out var entry))
        {
            if (!book.TryStart(entry, out var local))
                continue;
            runningCount++;
            scheduler.Start(() => RunAsync(entry, local));
        }
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
            // Whatever the cancellation looks like from in there: the reminder stays as it is, and the activity runs again
            // after the next start.
            return;
        }
        catch (Exception error)
        {
            LogFailed(row.Activity!, row.Grain, row.Attempt, error);
            result = new ReminderInput(entry, new ActivityResult(null, ErrorText.Of(error)));
        }

        done(result);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The activity {Activity} of {Grain} failed at attempt {Attempt}; its grain decides what follows.")]
    private partial void LogFailed(string activity, GrainId grain, int attempt, Exception error);
}
