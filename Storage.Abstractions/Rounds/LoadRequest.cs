using Tributary.Messages;

namespace Tributary.Storage.Rounds;

/// <summary>States and external ids to load.</summary>
public sealed class LoadRequest
{
    public List<(StateTable Table, RoundGrainId Grain)> States { get; } = [];

    public List<(PartitionId Partition, ExternalKey Key)> ExternalIds { get; } = [];

    /// <summary>
    /// Keys of rows that earlier versions wrote: see <see cref="Incarnation.HasUnscopedExternalIds"/>.
    /// </summary>
    public List<(PartitionId Partition, ExternalKey Key)> UnscopedExternalIds { get; } = [];
}

/// <summary>What was found; what is missing does not exist.</summary>
public sealed class LoadResult
{
    public Dictionary<RoundGrainId, LoadedState> States { get; } = [];

    public Dictionary<(PartitionId Partition, ExternalKey Key), KnownMessage> ExternalIds { get; } = [];

    public Dictionary<(PartitionId Partition, ExternalKey Key), KnownMessage> UnscopedExternalIds { get; } = [];
}

/// <summary>A state as stored.</summary>
public readonly record struct LoadedState(int Version, ReadOnlyMemory<byte> State);
