using System.Collections.Concurrent;

namespace Tributary.Rounds;

/// <summary>
/// Runs the loop on a thread of its own, urgent work (commits, loads and reads of rounds) on two more, and the rest in
/// the thread pool. In the queue of the pool a commit would stand behind thousands of continuations of the very callers
/// that wait for the commit.
/// </summary>
public sealed class ThreadScheduler : IRoundScheduler
{
    // A round waits for at most one commit and one load at a time. A commit may block its thread, so that loads have
    // another.
    private const int UrgentThreadsCount = 2;

    private readonly BlockingCollection<Func<Task>> urgent = [];

    private readonly Action<Exception> onFault;

    /// <param name="onFault">Told of an error that work lets through: nothing else reports such an error.</param>
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
            // A caller that reads true here reads it before the loop clears it, so the step that follows sees the
            // caller's writes. The barrier keeps this read behind the caller's writes; the barrier in Run keeps the
            // step behind the clearing.
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
