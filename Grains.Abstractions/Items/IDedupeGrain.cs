namespace Tributary.Items;

/// <summary>
/// Removes external ids that are older than the time in which they are remembered, once a day. One grain, whose key its
/// class names.
/// </summary>
[Alias("tributary.dedupe")]
public interface IDedupeGrain : IGrainWithStringKey
{
    /// <summary>Sets the daily reminder unless it is set. Called when a silo starts.</summary>
    [Alias("Ensure")]
    ValueTask Ensure();
}
