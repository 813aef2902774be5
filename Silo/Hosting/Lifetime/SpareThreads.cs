namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// Starts threads of the pool ahead of need; they stay. A thread needs two descriptors to start, and the runtime ends a
/// process whose pool needs one more thread when no descriptor is free. With spare threads, a process that has run out
/// of descriptors goes on until some are free again.
/// </summary>
internal static class SpareThreads
{
    /// <summary>As many as the runtime is told to keep alive: see <c>ThreadsToKeepAlive</c> in the project.</summary>
    private const int Count = 16;

    /// <summary>The program starts without the threads that have not started by then.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Starts the threads beside the other steps of the start; completes when they exist.</summary>
    public static Task StartAsync()
    {
        var meeting = new Meeting();
        for (var i = 0; i < Count; i++)
            ThreadPool.UnsafeQueueUserWorkItem(meeting, preferLocal: false);
        return Task.WhenAny(meeting.Complete, Task.Delay(Limit));
    }

    // Each item holds its thread until all have one: the pool sees a task that blocks, and adds a thread for the next.
    private sealed class Meeting : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int presentCount;

        public Task Complete => complete.Task;

        public void Execute()
        {
            if (Interlocked.Increment(ref presentCount) == Count)
                complete.TrySetResult();
            complete.Task.Wait(Limit);
        }
    }
}
