using System.Diagnostics.Metrics;

namespace Tributary.Rounds;

/// <summary>
/// Everything that a silo takes from the world: time, ids, threads. The simulation gives it another world.
/// </summary>
public sealed class RoundEnvironment
{
    public required TimeProvider Time { get; init; }

    /// <summary>Runs the loop and what runs beside it.</summary>
    public required IRoundScheduler Scheduler { get; init; }

    /// <summary>Makes ids of failures.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>
    /// Called when the silo cannot go on: an invariant is broken, or the database can be used no more. The silo does
    /// nothing from then on, and the process is to end.
    /// </summary>
    public required Action<Exception> OnFatal { get; init; }

    /// <summary>Where the silo measures itself; null when nobody asks. Whoever makes it disposes it.</summary>
    public Meter? Meter { get; init; }

    internal EngineRules Rules { get; private init; } = EngineRules.Standard;

    internal RoundEnvironment With(EngineRules rules) =>
        new()
        {
            Time = Time,
            Scheduler = Scheduler,
            NewId = NewId,
            OnFatal = OnFatal,
            Meter = Meter,
            Rules = rules,
        };

    /// <summary>
    /// The clock that calls are late by: milliseconds modulo 2^32. Of the system it is the coarse one, because each
    /// call reads it, and a few milliseconds are nothing to a caller who waits for seconds.
    /// </summary>
    internal static int MillisecondsOf(TimeProvider time) => time == TimeProvider.System
        ? Environment.TickCount : unchecked((int)(time.GetTimestamp() / (time.TimestampFrequency / 1_000)));

    /// <summary>Threads and the system clock.</summary>
    /// <param name="onFatal">See <see cref="OnFatal"/>; called from any thread, perhaps more than once.</param>
    public static RoundEnvironment System(Action<Exception> onFatal, Meter? meter = null) => new()
    {
        Time = TimeProvider.System,
        Scheduler = new ThreadScheduler(onFatal),
        NewId = Guid.CreateVersion7,
        OnFatal = onFatal,
        Meter = meter,
    };
}

/// <summary>Where the loop and the work beside it run.</summary>
public interface IRoundScheduler
{
    /// <summary>Starts a loop that runs <paramref name="step"/> after every wake, never twice at once.</summary>
    ILoop StartLoop(Action step);

    /// <summary>
    /// Runs <paramref name="work"/> beside the loop. It handles its own errors; one that it lets through is fatal.
    /// </summary>
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
    /// <summary>
    /// Makes the step run once more, soon. Callable from anywhere; wakes before the step are one wake.
    /// </summary>
    void Wake();

    /// <summary>No step begins any more.</summary>
    void Stop();
}
