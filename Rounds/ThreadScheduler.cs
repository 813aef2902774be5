using System.Collections.Concurrent;

namespace Tributary.Rounds;

/// <summary>
/// A thread of its own for the loop, two for what its rounds wait for (a commit and a load), the thread pool for the
/// rest. Behind the pool's queue a commit would wait for thousands of continuations of the very callers that wait for
/// it.
/// </summary>
public sealed class ThreadScheduler : IRoundScheduler
{
    // One commit and one load are under way at once.
    private const int UrgentThreadsCount = 2;

    private readonly BlockingCollection<Func<Task>> urgent = [];

    private readonly Action<Exception> onFault;

    /// <param name="onFault">Told of an error that work let through: nobody else would hear of it.</param>
    public ThreadScheduler(Action<Exception> onFault)
    {
        this.onFault = onFault;
        for (var i = 1; i <= UrgentThreadsCount; i++)
            new Thread(RunUrgent) { IsBackground = true, Name = $"silo store {i}" }.Start();
    }

    public void StartUrgent(Func<Task> work) => urgent.Add(work);

    public ILoop StartLoop(Action step) => new LoopThread(step);

    public void Start(Func<Task> work) => _ = Task.Run(() => WatchAsync(work));

    private void RunUrgent()
    {
        foreach (var work in urgent.GetConsumingEnumerable())
            _ = WatchAsync(work);
    }

    private async Task WatchAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            onFault(error);
        }
    }

    private sealed class LoopThread : ILoop
    {
        private readonly object pulse = new();
        private readonly Action step;
        private bool isWoken;
        private volatile bool isStopped;

        public LoopThread(Action step)
        {
            this.step = step;
            new Thread(Run) { IsBackground = true, Name = "silo loop" }.Start();
        }

        public void Wake()
        {
            // Whoever reads true here reads it before the loop clears it, so the step that follows sees what came
            // before: the barrier keeps the read behind the caller's writes, as the loop's keeps the step behind the
            // clearing.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref isWoken))
                return;
            lock (pulse)
            {
                isWoken = true;
                Monitor.Pulse(pulse);
            }
        }

        public void Stop()
        {
            isStopped = true;
            Wake();
        }

        private void Run()
        {
            while (!isStopped)
            {
                lock (pulse)
                {
                    while (!isWoken)
                        Monitor.Wait(pulse);
                    isWoken = false;
                }

                Interlocked.MemoryBarrier();
                if (!isStopped)
                    step();
            }
        }
    }
}
