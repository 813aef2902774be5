using Microsoft.Extensions.Logging;

namespace Tributary.Runtime.Reminders;

/// <summary>
/// Runs activities beside the loop, a bounded number at once, and hands their results back. One that runs when the silo
/// dies runs again elsewhere: its reminder is still there.
/// </summary>
internal sealed partial class ActivityRunner(
    int maxRunning, ISiloScheduler scheduler, IReadOnlyDictionary<string, IActivity> activities, Action<ReminderEntry, ActivityResult> done, ILogger logger)
{
    private readonly Queue<ReminderEntry> waiting = new();
    private readonly CancellationTokenSource stopping = new();
    private int runningCount;

    /// <summary>Called by the loop.</summary>
    public void Start(ReminderEntry entry)
    {
        waiting.Enqueue(entry);
        StartWaiting();
    }

    /// <summary>Called by the loop when it takes a result.</summary>
    public void Finish()
    {
        runningCount--;
        StartWaiting();
    }

    public void Stop()
    {
        waiting.Clear();
        stopping.Cancel();
    }

    private void StartWaiting()
    {
        while (runningCount < maxRunning && !stopping.IsCancellationRequested && waiting.TryDequeue(out var entry))
        {
            runningCount++;
            var next = entry;
            scheduler.Start(() => RunAsync(next));
        }
    }

    private async Task RunAsync(ReminderEntry entry)
    {
        var row = entry.Row;
        ActivityResult result;
        try
        {
            if (!activities.TryGetValue(row.Activity!, out var activity))
                throw new TributaryException("activity_unknown", $"No activity named '{row.Activity}' is registered in this build.");
            result = new ActivityResult(await activity.RunAsync(new ActivityStart(row.Grain, row.Name, row.Attempt, row.Payload, row.Origin?.Local), stopping.Token), null);
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
            result = new ActivityResult(null, error is TributaryException known ? $"{known.Code}: {known.Message}" : $"{error.GetType().Name}: {error.Message}");
        }

        done(entry, result);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The activity {Activity} of {Grain} failed at attempt {Attempt}; its grain decides what follows.")]
    private partial void LogFailed(string activity, GrainId grain, int attempt, Exception error);
}
