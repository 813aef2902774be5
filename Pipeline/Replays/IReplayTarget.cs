using Tributary.Grains.Replays;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <summary>
/// A generation that this process can build: it has the definition or the code. Callable from many threads.
/// </summary>
public interface IReplayTarget
{
    /// <summary>The id of the generation.</summary>
    int Generation { get; }

    /// <summary>
    /// Every message from this position on is counted in the generation as it comes, by its own turn.
    /// </summary>
    Position FedFrom { get; }

    /// <summary>How many messages one slice has at most.</summary>
    int MaxSliceCount { get; }

    /// <summary>
    /// What messages add that the generation does not count yet. May run twice for the same messages, and counts once.
    /// </summary>
    ValueTask<ReplayedMessages> RunAsync(IReadOnlyList<StoredMessage> messages, CancellationToken cancellation);
}
