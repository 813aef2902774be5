namespace Tributary.Storage.Folds;

/// <summary>When and how much a silo folds: see <see cref="IFolds"/>.</summary>
public sealed class FoldOptions
{
    /// <summary>How long a silo waits between folds; each fold goes on until nothing is left. 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The most rows of each kind that one transaction folds. 1,000.</summary>
    public int MaxStepRowsCount { get; set; } = 1_000;

    /// <summary>The wait between two steps, in which others write. 50 ms.</summary>
    public TimeSpan StepPause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the row of a dead silo stays at least. 1 day.</summary>
    public TimeSpan KeepDead { get; set; } = TimeSpan.FromDays(1);
}
