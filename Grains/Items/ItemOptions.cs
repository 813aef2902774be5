using Tributary.Grains.Items.Retries;

namespace Tributary.Grains.Items;

/// <summary>The configuration of items, and their access to chance and to the plugins' number.</summary>
public sealed class ItemOptions
{
    public static ItemOptions Default { get; } = new();

    /// <summary>Says what follows a failure.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>
    /// The number of the active plugins: a result with a lower number is outdated, and the message runs again.
    /// </summary>
    public Func<int> PluginSetNumber { get; init; } = static () => 0;

    /// <summary>Gives numbers from 0 to 1 that spread retries; one that always gives 0 spreads nothing.</summary>
    public Func<double> Chance { get; init; } = static () => 0;

    /// <summary>
    /// Messages of one item that may wait for a retry or be parked; then the item refuses messages that need processing
    /// (<c>item_backlog_full</c>) until some are retried or completed.
    /// </summary>
    public int MaxUnfinishedCount { get; init; } = 10_000;

    /// <summary>
    /// Skipped messages of one item that can be retried one by one; of older ones only the status is kept.
    /// </summary>
    public int MaxSkippedCount { get; init; } = 100;

    /// <summary>
    /// How long an activity waits that could not read its message: doubled with each attempt, up to
    /// <see cref="MaxUnreadableDelay"/>.
    /// </summary>
    public TimeSpan UnreadableDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxUnreadableDelay { get; init; } = TimeSpan.FromMinutes(1);
}
