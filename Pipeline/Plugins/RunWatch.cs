namespace Tributary.Pipeline.Plugins;

/// <summary>
/// The state of a run; changes under the lock of its watch. It moves back only between running and waiting.
/// </summary>
internal enum RunStage
{
    /// <summary>Waiting for a thread.</summary>
    Queued,

    /// <summary>Within its time limit.</summary>
    Running,

    /// <summary>Waiting for something that is not its own work: the time does not count.</summary>
    Waiting,

    /// <summary>Asked to stop; within its grace.</summary>
    Stopping,

    /// <summary>Ended or given up: its caller has the answer.</summary>
    Ended,
}

internal enum StopReason
{
    None,
    TimeLimit,
    Caller,
}

/// <summary>
/// Watches the runs of one plugin. One timer serves them all: it is set for the oldest run, and again only when it
/// fires. So a run that ends in time costs a lock and a place in a list, and no timer.
/// </summary>
internal sealed class RunWatch : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly TimeSpan limit;
    private readonly TimeSpan grace;

    // In the order of their due times: all runs of a list wait equally long, so a new one goes to the end.
    private readonly LinkedList<ActiveRun> running = new();
    private readonly LinkedList<ActiveRun> stopping = new();

    private readonly ITimer timer;
    private long armedFor = long.MaxValue;

    public RunWatch(TimeProvider time, TimeSpan limit, TimeSpan grace)
    {
        this.time = time;
        this.limit = limit;
        this.grace = grace;
        timer = time.CreateTimer(
            static watch => ((RunWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The run has a thread now. False when it was asked to stop before: then it must not begin.</summary>
    public bool Begin(ActiveRun run)
    {
        lock (gate)
        {
            run.Began = time.GetTimestamp();
            if (run.Stage != RunStage.Queued)
                return false;

            run.HasThread = true;
            run.Stage = RunStage.Running;
            Add(running, run, limit);
            return true;
        }
    }

    /// <summary>The run waits for something that is not its own work; see <see cref="IRunClock.Stop"/>.</summary>
    public void Pause(ActiveRun run)
    {
        lock (gate)
        {
            if (run.Stage != RunStage.Running)
                return;
            Leave(run);
            run.Stage = RunStage.Waiting;
        }
    }

    /// <summary>The run works again, and has the whole limit.</summary>
    public void Resume(ActiveRun run)
    {
        lock (gate)
        {
            if (run.Stage != RunStage.Waiting)
                return;
            run.Began = time.GetTimestamp();
            run.Stage = RunStage.Running;
            Add(running, run, limit);
        }
    }

    /// <summary>Asks a run to stop. False when it was asked before or has ended.</summary>
    public bool Stop(ActiveRun run, StopReason reason)
    {
        lock (gate)
        {
            if (run.Stage is RunStage.Stopping or RunStage.Ended)
                return false;

            MoveToStopping(run, reason);
            return true;
        }
    }

    /// <summary>The run has come back. False when it had been given up.</summary>
    public bool End(ActiveRun run)
    {
        lock (gate)
        {
            if (run.Stage == RunStage.Ended)
                return false;

            Leave(run);
            run.Stage = RunStage.Ended;
            return true;
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        ActiveRun? toStop = null;
        ActiveRun? toGiveUp = null;
        lock (gate)
        {
            armedFor = long.MaxValue;
            var now = time.GetTimestamp();
            // Chained by their own field, as their places are in the next list.
            while (running.First?.Value is { } run && run.DueAt <= now)
            {
                MoveToStopping(run, StopReason.TimeLimit);
                (run.NextDue, toStop) = (toStop, run);
            }

            while (stopping.First?.Value is { } run && run.DueAt <= now)
            {
                Leave(run);
                run.Stage = RunStage.Ended;
                (run.NextDue, toGiveUp) = (toGiveUp, run);
            }

            Arm(now);
        }

        for (var run = toStop; run is not null; run = run.NextDue)
            run.RequestStop();
        for (var run = toGiveUp; run is not null; run = run.NextDue)
            run.GiveUp();
    }

    private void MoveToStopping(ActiveRun run, StopReason reason)
    {
        Leave(run);
        run.Stage = RunStage.Stopping;
        run.Reason = reason;
        Add(stopping, run, grace);
    }

    // A run that waits, or waits for a thread, is in no list.
    private static void Leave(ActiveRun run) => run.Place.List?.Remove(run.Place);

    private void Add(LinkedList<ActiveRun> list, ActiveRun run, TimeSpan wait)
    {
        var now = time.GetTimestamp();
        run.DueAt = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
        list.AddLast(run.Place);
        if (run.DueAt < armedFor)
            Arm(now);
    }

    private void Arm(long now)
    {
        var due = Math.Min(running.First?.Value.DueAt ?? long.MaxValue, stopping.First?.Value.DueAt ?? long.MaxValue);
        if (due >= armedFor)
            return;

        armedFor = due;
        // Rounded up: a timer that fires a little early would find nothing due.
        var waitMs = Math.Max(1, Math.Ceiling(time.GetElapsedTime(now, due).TotalMilliseconds));
        timer.Change(TimeSpan.FromMilliseconds(waitMs), Timeout.InfiniteTimeSpan);
    }
}
