namespace Tributary.Rounds.Engine;

/// <summary>
/// The database's time, estimated from below: the time that a commit returned, plus the time that the stopwatch
/// measured since, less the most that a stopwatch may run fast. So nothing that is due by this clock is early by the
/// database's clock.
/// </summary>
internal sealed class DatabaseClock(TimeProvider time)
{
    // A stopwatch differs from a clock by less than one part in a thousand: twice the largest correction of time
    // services.
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
        // Both are estimates from below: the later one is closer.
        if (databaseTime <= Now)
            return;
        seen = databaseTime;
        seenAt = time.GetTimestamp();
    }
}
