namespace Tributary.Grains.Dedupe;

/// <summary>How long external ids are remembered, and how they are removed.</summary>
public sealed class DedupeOptions
{
    /// <summary>A repeated external id is recognised for this long. 30 days.</summary>
    public TimeSpan Remember { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Rows removed in one transaction. 5,000.</summary>
    public int MaxStepRowsCount { get; set; } = 5_000;

    /// <summary>Transactions of one activity; further rows go to the next activity. 200.</summary>
    public int MaxStepsCount { get; set; } = 200;
}
