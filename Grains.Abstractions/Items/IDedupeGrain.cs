namespace Tributary.Items;

/// <summary>
/// Removes, once a day, the external ids that are older than their retention time. There is one
/// such grain; its class names the key.
/// </summary>
[Alias("tributary.dedupe")]
public interface IDedupeGrain : IGrainWithStringKey
{
    /// <summary>Sets the daily reminder unless it is set. Called when a silo starts.</summary>
    [Alias("Ensure")]
    ValueTask Ensure();
}
