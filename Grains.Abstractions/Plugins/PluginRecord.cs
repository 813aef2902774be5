namespace Tributary.Plugins;

/// <summary>
/// A JSON document about the message's item. A later message of the item replaces the record that the same plugin keeps
/// under the same key; an earlier message that is processed late does not.
/// </summary>
/// <param name="Json">One JSON object in UTF-8.</param>
/// <param name="Key">At most 512 bytes of UTF-8; the message's id for records that are never replaced.</param>
[Immutable]
public sealed record PluginRecord(ReadOnlyMemory<byte> Json, string Key = "");
