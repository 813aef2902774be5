namespace Tributary.Rounds.Calls;

/// <summary>
/// The callers whose answers leave with one round. They go on in the thread pool, by a few work items for all of them:
/// one work item for each of thirty callers costs more than most callers do next. A caller that blocks its thread holds
/// up no other caller: before a thread lets a caller go on, another work item stands by.
/// </summary>
/// <param name="capacity">About how many callers will be added.</param>
internal sealed class Answers(int capacity = 0) : IThreadPoolWorkItem
{
    private readonly List<(Action<object?> Continuation, object? State)> waiting = new(capacity);

    // The index of the next caller to let go on; counts on beyond the last.
    private int next;

    // 1 while a work item is queued that no thread has begun.
    private int isStandingBy;

    /// <summary>Adds a caller that goes on with <see cref="Leave"/>. Called before it, by one thread.</summary>
    public void Add(Action<object?> continuation, object? state) => waiting.Add((continuation, state));

    /// <summary>Lets all callers go on. No caller is added after this.</summary>
    public void Leave()
    {
        if (waiting.Count > 0)
            StandBy();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref isStandingBy, 0);
        while (true)
        {
            var index = Interlocked.Increment(ref next) - 1;
            if (index >= waiting.Count)
                return;
            if (index + 1 < waiting.Count)
                StandBy();
            var (continuation, state) = waiting[index];
            continuation(state);
        }
    }

    private void StandBy()
    {
        if (Interlocked.Exchange(ref isStandingBy, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
