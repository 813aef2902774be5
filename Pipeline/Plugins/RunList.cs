namespace Tributary.Pipeline.Plugins;

/// <summary>
/// Runs in the order of their due times. All wait equally long, so a new one goes to the end and the first is the next
/// due. The links are in the runs: adding and removing allocates nothing. The owner's lock guards it.
/// </summary>
internal sealed class RunList(TimeSpan wait)
{
    public TimeSpan Wait { get; } = wait;

    public ActiveRun? First { get; private set; }

    private ActiveRun? Last { get; set; }

    public void Add(ActiveRun run, long dueAt)
    {
        run.DueAt = dueAt;
        run.Previous = Last;
        run.Next = null;
        if (Last is null)
            First = run;
        else
            Last.Next = run;
        Last = run;
    }

    public void Remove(ActiveRun run)
    {
        if (run.Previous is null)
            First = run.Next;
        else
            run.Previous.Next = run.Next;
        if (run.Next is null)
            Last = run.Previous;
        else
            run.Next.Previous = run.Previous;
        run.Previous = run.Next = null;
    }
}
