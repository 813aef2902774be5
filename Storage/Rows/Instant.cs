namespace Tributary.Storage.Rows;

/// <summary>
/// Times as the stores keep them: 100 ns units since 1970-01-01 UTC. Nothing is rounded, so that a time compares equal
/// after it was stored and read.
/// </summary>
internal static class Instant
{
    public static long ToTicks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset FromTicks(long ticks) => new(ticks + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>Whole days since 1970-01-01 UTC.</summary>
    public static int ToDay(DateTimeOffset time) => (int)Math.Floor(ToTicks(time) / (double)TimeSpan.TicksPerDay);
}
