namespace Tributary.Runtime.Hosting;

/// <summary>
/// The database's time, estimated from below: the time that a commit returned plus what the stopwatch has measured since
/// it came back. So nothing that is due by this clock is early by the database's.
/// </summary>
internal sealed class DatabaseClock(TimeProvider time)
{
    private DateTimeOffset seen;
    private long seenAt;

    public DateTimeOffset Now => seen + time.GetElapsedTime(seenAt);

    public void Observe(DateTimeOffset databaseTime)
    {
        // Two estimates from below: the later one is the better one.
        if (databaseTime <= Now)
            return;
        seen = databaseTime;
        seenAt = time.GetTimestamp();
    }
}
