namespace Tributary.Runtime;

/// <summary>Everything that a silo takes from the world: time, ids, threads. The simulation gives it another world.</summary>
public sealed class SiloEnvironment
{
    public required TimeProvider Time { get; init; }

    /// <summary>Runs the loop and what runs beside it.</summary>
    public required ISiloScheduler Scheduler { get; init; }

    /// <summary>Makes ids of failures.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>Called when an invariant is broken: the process must not go on.</summary>
    public required Action<Exception> OnFatal { get; init; }

    /// <summary>How the engine is broken on purpose; only tests of the simulation can say.</summary>
    internal Sabotage Sabotage { get; private init; }

    internal SiloEnvironment With(Sabotage sabotage) =>
        new() { Time = Time, Scheduler = Scheduler, NewId = NewId, OnFatal = OnFatal, Sabotage = sabotage };

    /// <summary>Threads, the system clock, and the end of the process on a broken invariant.</summary>
    public static SiloEnvironment System() => new()
    {
        Time = TimeProvider.System,
        Scheduler = new ThreadScheduler(),
        NewId = Guid.CreateVersion7,
        OnFatal = error => Environment.FailFast("The silo found an invariant broken and ends.", error),
    };
}

/// <summary>Where the loop and the work beside it run.</summary>
public interface ISiloScheduler
{
    /// <summary>Starts a loop that runs <paramref name="step"/> after every wake, never twice at once.</summary>
    ILoop StartLoop(Action step);

    /// <summary>Runs <paramref name="work"/> beside the loop. It handles its own errors.</summary>
    void Start(Func<Task> work);

    /// <summary>
    /// Runs <paramref name="work"/> beside the loop on a thread that nothing else holds up, as far as it runs without
    /// waiting: rounds wait for it. It may block.
    /// </summary>
    void StartUrgent(Func<Task> work);
}

/// <summary>A loop that sleeps until it is woken.</summary>
public interface ILoop
{
    /// <summary>Makes the step run once more, soon. Callable from anywhere; wakes before the step are one wake.</summary>
    void Wake();

    /// <summary>No step begins any more.</summary>
    void Stop();
}
