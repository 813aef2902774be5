namespace Tributary.Silo.Hosting;

/// <summary>
/// Threads of the pool that are started ahead and stay. A thread needs two descriptors to start, and the runtime ends a
/// process whose pool needs one more thread when no descriptor is free: with these, a process that has run out of them
/// goes on until there are some again.
/// </summary>
internal static class SpareThreads
{
    /// <summary>As many as the runtime is told to keep alive: see <c>ThreadsToKeepAlive</c> in the project.</summary>
    private const int Count = 16;

    /// <summary>What has not started by then is not needed to start the program.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Starts them beside what the start does; ends when they are there.</summary>
    public static Task StartAsync()
    {
        var meeting = new Meeting();
        for (var i = 0; i < Count; i++)
            ThreadPool.UnsafeQueueUserWorkItem(meeting, preferLocal: false);
        return Task.WhenAny(meeting.Complete, Task.Delay(Limit));
    }

    // Each holds its thread until all have one: the pool sees a task that blocks, and adds the next thread for it.
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
