namespace Tributary.Grains.Replays;

/// <summary>Limits and waits of replays.</summary>
public sealed class ReplayOptions
{
    public static ReplayOptions Default { get; } = new();

    /// <summary>The bodies of one slice, in bytes; a slice has one message at least. 4 MiB.</summary>
    public long MaxSliceBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Messages that may have failed; with more the replay stops (<c>replay_failures_too_many</c>) and can be started
    /// again. 1,000.
    /// </summary>
    public int MaxFailedCount { get; init; } = 1_000;

    /// <summary>How often a message is tried; a message that failed so often leaves the replay incomplete. 5.</summary>
    public int MaxTriesCount { get; init; } = 5;

    /// <summary>Messages that are tried again at once. 64.</summary>
    public int MaxRetriedCount { get; init; } = 64;

    /// <summary>The first wait after a failure: doubled with each one, up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a replay that has reached the horizon waits for the horizon to move on.</summary>
    public TimeSpan HorizonDelay { get; init; } = TimeSpan.FromMilliseconds(250);
}
