namespace Tributary.Runtime;

/// <summary>A thread of its own for the loop, the thread pool for what runs beside it.</summary>
public sealed class ThreadScheduler : ISiloScheduler
{
    public ILoop StartLoop(Action step) => new LoopThread(step);

    public void Start(Func<Task> work) => _ = Task.Run(work);

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
            // Whoever reads true here reads it before the loop clears it, so the step that follows sees what came before.
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
