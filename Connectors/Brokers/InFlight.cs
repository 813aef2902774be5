namespace Tributary.Connectors.Brokers;

/// <summary>Counts deliveries that were handed over and not answered yet, so that a stop can wait for them.</summary>
internal sealed class InFlight
{
    private readonly Lock gate = new();
    private TaskCompletionSource idle = Done();
    private int count;

    public void Enter()
    {
        lock (gate)
        {
            if (count++ == 0)
                idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Exit()
    {
        lock (gate)
        {
            if (--count == 0)
                idle.SetResult();
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <summary>Completes when nothing is in flight.</summary>
    public Task WhenIdle()
    {
        lock (gate)
            return idle.Task;
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
