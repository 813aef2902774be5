namespace Tributary.Feed;

/// <summary>The limits and times of the live feed. Each limit says what happens when it is reached.</summary>
public sealed class FeedOptions
{
    /// <summary>
    /// How long the tail waits for a hint before it looks by itself: a hint of another silo may be lost.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The first wait after a read that failed; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    internal Backoff Retries => new(RetryDelay, MaxRetryDelay);

    /// <summary>Most messages of one read; the next read takes the rest.</summary>
    public int MaxReadCount { get; set; } = 1_000;

    /// <summary>About how many bytes of bodies one read takes; the next read takes the rest.</summary>
    public long MaxReadBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Most messages that may wait for one subscriber. One more ends the subscription as too
    /// slow. Bodies are shared, not copied.
    /// </summary>
    public int MaxWaitingCount { get; set; } = 10_000;

    /// <summary>Most bytes of bodies that may wait for one subscriber. More end the subscription as too slow.</summary>
    public long MaxWaitingBytes { get; set; } = 16 << 20;

    /// <summary>Most subscribers of one silo; a further one is refused as overloaded.</summary>
    public int MaxSubscribersCount { get; set; } = 10_000;

    /// <summary>
    /// Most replays that read at once; further ones wait, so that replays leave the database time for other work.
    /// </summary>
    public int MaxReplayReadsCount { get; set; } = 2;
}
