using System.Diagnostics.Metrics;
using Tributary.Rounds;

namespace Tributary.TestingHost.Simulation;

/// <summary>
/// A world of one thread with virtual time. A seeded random generator chooses the next action among those that could
/// run, and time moves only when none can. The same seed gives the same run. The world is the synchronization context
/// of its code, so every await continues inside it.
/// </summary>
public sealed class SimulationWorld : SynchronizationContext, IRoundScheduler
{
    private readonly List<Action> runnable = [];
    private int threadId = System.Environment.CurrentManagedThreadId;

    public SimulationWorld(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Time = new VirtualTime();
    }

    public int Seed { get; }

    public Random Random { get; }

    public VirtualTime Time { get; }

    /// <summary>The number of actions run so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>The first unhandled error; it ends <see cref="Run"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>An environment for silos of this world: a broken invariant ends the run.</summary>
    public RoundEnvironment Environment(Meter? meter = null) =>
        new() { Time = Time, Scheduler = this, NewId = NewId, OnFatal = Fail, Meter = meter };

    /// <summary>A random id that sorts by virtual time.</summary>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        var unixMs = Time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 5; i >= 0; i--, unixMs >>= 8)
            bytes[i] = (byte)unixMs;
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Runs <paramref name="main"/> and everything that it starts, until it ends.</summary>
    /// <exception cref="SimulationException">
    /// An error occurred, nothing can run any more, or the step limit is reached.
    /// </exception>
    public void Run(Func<Task> main, long maxStepsCount = 300_000)
    {
        var before = Current;
        threadId = System.Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            var task = main();
            while (!task.IsCompleted && Failure is null)
                Step(maxStepsCount);
            if (Failure is not null)
                throw new SimulationException(Seed, Failure.Message, Failure);
            if (task.IsFaulted)
                throw new SimulationException(
                    Seed, task.Exception!.InnerException!.Message, task.Exception.InnerException);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Start(Func<Task> work) => runnable.Add(() => Watch(work()));

    public void StartUrgent(Func<Task> work) => Start(work);

    public ILoop StartLoop(Action step) => new Loop(this, step);

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Work that was on another thread in between would meet in another order each time.
        if (System.Environment.CurrentManagedThreadId != threadId)
        {
            Fail(new InvalidOperationException(
                $"Work left the world for another thread: {System.Environment.StackTrace}"));
        }
        else
        {
            runnable.Add(() => d(state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <summary>Ends the run with an error.</summary>
    public void Fail(Exception error) => Failure ??= error;

    /// <summary>Waits in virtual time.</summary>
    public Task Delay(TimeSpan delay) => Task.Delay(delay, Time);

    private void Step(long maxStepsCount)
    {
        if (++StepCount > maxStepsCount)
            throw new SimulationException(Seed,
                $"The run has not ended after {maxStepsCount} steps and {Time.Elapsed} of virtual time: something goes "
                + "round in circles.", null);

        if (runnable.Count == 0)
        {
            if (!Time.TryAdvance())
                throw new SimulationException(
                    Seed,
                    "Nothing can run and no timer is set, but the run has not ended: something was forgotten.",
                    null);
            return;
        }

        var index = Random.Next(runnable.Count);
        var next = runnable[index];
        runnable[index] = runnable[^1];
        runnable.RemoveAt(runnable.Count - 1);
        next();
    }

    private async void Watch(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private sealed class Loop(SimulationWorld world, Action step) : ILoop
    {
        private bool isWoken;
        private bool isStopped;

        public void Wake()
        {
            if (isWoken || isStopped)
                return;
            isWoken = true;
            world.runnable.Add(() =>
            {
                isWoken = false;
                if (!isStopped)
                    step();
            });
        }

        public void Stop() => isStopped = true;
    }
}

/// <summary>A failed run; the seed replays it.</summary>
public sealed class SimulationException(int seed, string message, Exception? inner)
    : Exception($"Seed {seed}: {message}", inner)
{
    public int Seed { get; } = seed;
}
