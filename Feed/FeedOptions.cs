namespace Tributary.Feed;

/// <summary>The limits and times of the live feed. What happens when a limit is reached is said at each.</summary>
public sealed class FeedOptions
{
    /// <summary>
    /// How long the tail waits for a hint before it looks by itself: other silos commit without hints.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The first wait after a read that failed; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    internal Backoff Retries => new(RetryDelay, MaxRetryDelay);

    /// <summary>Messages of one read; further ones are in the next.</summary>
    public int MaxReadCount { get; set; } = 1_000;

    /// <summary>About how many bytes of bodies one read takes; further messages are in the next.</summary>
    public long MaxReadBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Messages that may wait for one subscriber; with more it is too slow. Bodies are shared, not copied.
    /// </summary>
    public int MaxWaitingCount { get; set; } = 10_000;

    /// <summary>Bytes of bodies that may wait for one subscriber; with more it is too slow.</summary>
    public long MaxWaitingBytes { get; set; } = 16 << 20;

    /// <summary>Subscribers of one node; further ones are refused as overloaded.</summary>
    public int MaxSubscribersCount { get; set; } = 10_000;

    /// <summary>
    /// Replays that read at once; others wait, so that they do not take the database from everything else.
    /// </summary>
    public int MaxReplayReadsCount { get; set; } = 2;
}
