namespace Tributary.Connectors.Brokers;

/// <summary>The configuration of a ZeroMQ socket, read and checked.</summary>
/// <param name="Endpoint">As libzmq takes it, such as <c>tcp://*:5001</c>.</param>
/// <param name="IsBound">True: it listens; false: it connects to its peer.</param>
/// <param name="IsSubscriber">True: SUB; false: PULL.</param>
/// <param name="Topics">Beginnings of the topics that SUB takes; an empty one stands for all.</param>
/// <param name="HighWaterMarkCount">Most messages that libzmq keeps per peer before it takes no more from it.</param>
/// <param name="UnansweredCount">
/// Most messages that were handed over and have no answer; then none is taken from libzmq.
/// </param>
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
