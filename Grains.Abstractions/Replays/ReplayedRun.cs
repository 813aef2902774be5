using System.Text.Json.Serialization;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Plugins;

namespace Tributary.Replays;

/// <summary>A plugin's result for a stored message, for a generation that is being built.</summary>
/// <param name="Plugin">The plugin's name.</param>
/// <param name="Generation">The plugin's generation.</param>
/// <param name="Records">The records to store.</param>
/// <param name="Contributions">The contributions to add to aggregates.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("tributary.replayed-run")]
public sealed record ReplayedRun(
    [property: Id(0)] string Plugin, [property: Id(1)] int Generation, [property: Id(2)] string Item,
    [property: Id(3)] MessageReference Message, IReadOnlyList<PluginRecord> Records,
    IReadOnlyList<Contribution> Contributions)
{
    [Id(4)]
    public IReadOnlyList<PluginRecord> Records { get; init; } = Lists.Array(Records);

    [Id(5)]
    public IReadOnlyList<Contribution> Contributions { get; init; } = Lists.Array(Contributions);

    /// <summary>Roughly the memory that the result holds.</summary>
    [JsonIgnore]
    public long SizeBytes =>
        256L + Records.Sum(static record => record.Json.Length + 128L) + (256L * Contributions.Count);
}
