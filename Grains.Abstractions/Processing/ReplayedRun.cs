using System.Text.Json.Serialization;
using Tributary.Plugins;

namespace Tributary;

/// <summary>What a plugin made of a stored message for a generation that is being built.</summary>
/// <param name="Plugin">The plugin's name.</param>
/// <param name="Generation">The plugin's generation.</param>
/// <param name="Records">What to store of the message.</param>
/// <param name="Contributions">What to add to aggregates.</param>
public sealed record ReplayedRun(
    string Plugin, int Generation, string Item, MessageReference Message, IReadOnlyList<PluginRecord> Records, IReadOnlyList<Contribution> Contributions)
{
    /// <summary>About what it holds in memory.</summary>
    [JsonIgnore]
    public long SizeBytes => 256L + Records.Sum(static record => record.Json.Length + 128L) + (256L * Contributions.Count);
}
