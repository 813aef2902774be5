namespace Tributary.Rounds.Engine;

/// <summary>
/// The database's time, estimated from below: the time that a commit returned plus what the stopwatch has measured
/// since it came back, less what a stopwatch may run fast. So nothing that is due by this clock is early by the
/// database's.
/// </summary>
internal sealed class DatabaseClock(TimeProvider time)
{
    // Stopwatches differ from clocks by less than one part in a thousand: twice what time services correct at most.
    private const int StopwatchErrorDivisor = 1_000;

    private DateTimeOffset seen;
    private long seenAt;

    public DateTimeOffset Now
    {
        get
        {
            var elapsed = time.GetElapsedTime(seenAt);
            return seen + elapsed - (elapsed / StopwatchErrorDivisor);
        }
    }

    public void Observe(DateTimeOffset databaseTime)
    {
        // Two estimates from below: the later one is the better one.
        if (databaseTime <= Now)
            return;
        seen = databaseTime;
        seenAt = time.GetTimestamp();
    }
}
