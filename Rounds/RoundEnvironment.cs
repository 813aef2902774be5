using System.Diagnostics.Metrics;

namespace Tributary.Rounds;

/// <summary>
/// Everything that a silo takes from the world: time, ids, threads. The simulation replaces all of it.
/// </summary>
public sealed class RoundEnvironment
{
    public required TimeProvider Time { get; init; }

    /// <summary>Runs the loop and the work beside it.</summary>
    public required IRoundScheduler Scheduler { get; init; }

    /// <summary>Makes ids of failures.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>
    /// Called when the silo cannot go on: an invariant is broken, or the database cannot be used any more. The silo
    /// does nothing from then on, and the process must end.
    /// </summary>
    public required Action<Exception> OnFatal { get; init; }

    /// <summary>
    /// The meter of the engine's instruments; null to measure nothing. The code that makes the meter disposes it.
    /// </summary>
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
    /// The clock that decides whether a call is late: milliseconds modulo 2^32. The system's clock is read in its
    /// coarse form, because each call reads it, and a few milliseconds do not matter to a caller that waits for
    /// seconds.
    /// </summary>
    internal static int MillisecondsOf(TimeProvider time) => time == TimeProvider.System
        ? Environment.TickCount : unchecked((int)(time.GetTimestamp() / (time.TimestampFrequency / 1_000)));

    /// <summary>The environment of a process: its threads and the system clock.</summary>
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
    /// Runs <paramref name="work"/> beside the loop. The work handles its own errors; an error that it lets through is
    /// fatal.
    /// </summary>
    void Start(Func<Task> work);

    /// <summary>
    /// Runs <paramref name="work"/> beside the loop, up to its first wait on a thread that nothing else holds up,
    /// because rounds wait for it. The work may block that thread.
    /// </summary>
    void StartUrgent(Func<Task> work);
}

/// <summary>A loop that sleeps until it is woken.</summary>
public interface ILoop
{
    /// <summary>
    /// Makes the step run once more, soon. Callable from any thread; several wakes before a step cause one step.
    /// </summary>
    void Wake();

    /// <summary>No step begins any more.</summary>
    void Stop();
}
