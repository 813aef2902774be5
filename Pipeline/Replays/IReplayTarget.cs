using Tributary.Grains.Replays;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Replays;

/// <summary>
/// A generation that this process can build, because it has the definition or the code. Callable from many threads.
/// </summary>
public interface IReplayTarget
{
    /// <summary>The id of the generation.</summary>
    int Generation { get; }

    /// <summary>The position from which on the generation is fed: each message is counted by its own turn.</summary>
    Position FedFrom { get; }

    /// <summary>How many messages one slice has at most.</summary>
    int MaxSliceCount { get; }

    /// <summary>
    /// The shares of those messages that the generation does not count yet. May run twice for the same messages; they
    /// count once.
    /// </summary>
    ValueTask<ReplayedMessages> RunAsync(IReadOnlyList<StoredMessage> messages, CancellationToken cancellation);
}
