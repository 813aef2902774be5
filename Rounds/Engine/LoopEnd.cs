using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>The receivers of what the loop tells. Called on the loop or beside it; must return at once.</summary>
/// <param name="Committed">A round that changed something is durable.</param>
/// <param name="LeftElsewhere">A durable round left these rows for partitions that are not here.</param>
/// <param name="Outdated">A round was refused because this version of the definitions counts.</param>
internal sealed record LoopCallbacks(
    Action<RoundCommit> Committed, Action<IReadOnlyList<DeferredCall>> LeftElsewhere, Action<long> Outdated);

/// <summary>How an incarnation ended.</summary>
internal enum LoopEnd
{
    /// <summary>The incarnation was asked to stop, finished its work, and left.</summary>
    Left,

    /// <summary>
    /// Another silo declared the incarnation dead; calls that it had not made durable went back to the inbox.
    /// </summary>
    Dead,

    /// <summary>An error occurred with which the incarnation cannot go on; the process was told to end.</summary>
    Failed,
}
