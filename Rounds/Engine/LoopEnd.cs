using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>Whom the loop tells; called beside the loop or on it, and to return at once.</summary>
/// <param name="Committed">A round that changed something is durable.</param>
/// <param name="LeftElsewhere">A durable round left calls in partitions that are not here.</param>
internal sealed record LoopCallbacks(
    Action<RoundCommit> Committed, Action<IReadOnlyCollection<PartitionId>> LeftElsewhere);

/// <summary>How an incarnation ended.</summary>
internal enum LoopEnd
{
    /// <summary>It was asked to stop, finished what it had, and left.</summary>
    Left,

    /// <summary>It was declared dead by another silo; what it had not made durable went back to the inbox.</summary>
    Dead,

    /// <summary>Something broke that it cannot go on without; the process was told to end.</summary>
    Failed,
}
