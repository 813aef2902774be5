namespace Tributary.Rounds;

/// <summary>
/// A log line that may be due thousands of times: written at once, then at most once per interval, with the count of
/// the lines that were left out. Callable from many threads.
/// </summary>
public sealed class LimitedLog(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long? writtenAt;
    private long unsaid;

    /// <param name="write">Given how many lines were left out since the last one.</param>
    public void Write(Action<long> write)
    {
        long left;
        lock (gate)
        {
            if (writtenAt is { } at && time.GetElapsedTime(at) < Interval)
            {
                unsaid++;
                return;
            }

            left = unsaid;
            unsaid = 0;
            writtenAt = time.GetTimestamp();
        }

        write(left);
    }
}
