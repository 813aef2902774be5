namespace Tributary.Connectors.Brokers;

/// <summary>The configuration of a ZeroMQ socket, read and checked.</summary>
/// <param name="Endpoint">An endpoint in libzmq's form, such as <c>tcp://*:5001</c>.</param>
/// <param name="IsBound">True: the socket listens; false: it connects to its peer.</param>
/// <param name="IsSubscriber">True: a SUB socket; false: a PULL socket.</param>
/// <param name="Topics">The topic prefixes that SUB subscribes to; an empty one stands for all.</param>
/// <param name="HighWaterMarkCount">
/// Most messages that libzmq queues per peer before it stops reading from that peer.
/// </param>
/// <param name="UnansweredCount">Most unanswered messages; at this number the broker takes no more from libzmq.</param>
internal sealed record ZeroMqOptions(
    string Name,
    string Endpoint,
    bool IsBound,
    bool IsSubscriber,
    IReadOnlyList<string> Topics,
    int HighWaterMarkCount,
    int LingerMs,
    int UnansweredCount,
    TimeSpan ProcessDelay,
    TimeSpan FirstRetryDelay);
