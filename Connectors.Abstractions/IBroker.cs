namespace Tributary.Connectors;

/// <summary>
/// A source of messages. Delivers at least once; two deliveries with one external id count as one message.
/// </summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>
    /// Names the source in messages and logs: 1 to 512 bytes of UTF-8, without secrets, the same after every restart.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Receives until <paramref name="cancellation"/>, and reconnects with a growing delay after each lost connection.
    /// Acknowledges a delivery only after <paramref name="receive"/> has returned <see cref="Reception.Stored"/> or
    /// <see cref="Reception.Kept"/>. Ends without an exception when cancelled. Any other exception ends the process, so
    /// only a fault that makes going on pointless may leave this method.
    /// </summary>
    Task RunAsync(Receive receive, CancellationToken cancellation);

    /// <summary>The state of the connection and the counts as of now.</summary>
    BrokerStatus Status { get; }

    /// <summary>
    /// True when processes that receive at once share the deliveries, so that each delivery comes to one of them; false
    /// when each process would get all deliveries. The platform then receives in one process of a cluster, and may
    /// call <see cref="RunAsync"/> again after it has ended.
    /// </summary>
    bool HasCompetingConsumers => true;
}

/// <summary>
/// Takes one delivery; callable many times at once. Returns when the message is durable, kept among the failures, or
/// refused for good. Waits while the platform is overloaded, so that a broker with a bound on unacknowledged deliveries
/// slows down too; never waits for a trouble of this delivery alone. Throws <see cref="OperationCanceledException"/>
/// when the process stops: the delivery was not taken.
/// </summary>
public delegate ValueTask<Reception> Receive(Delivery delivery, CancellationToken cancellation);

/// <param name="Body">The bytes as received; must not change until the delegate has returned.</param>
/// <param name="MediaType">The media type that the sender declares, or null.</param>
/// <param name="ExternalId">The sender's own id of the message, or null.</param>
public sealed record Delivery(ReadOnlyMemory<byte> Body, string? MediaType = null, string? ExternalId = null)
{
    /// <summary>
    /// True when the broker has delivered this before without an acknowledgement: the
    /// delivery may have ended the process.
    /// </summary>
    public bool IsRedelivered { get; init; }

    /// <summary>
    /// The fault that the broker itself found in the delivery, or null. A delivery with
    /// a fault is not stored as a message.
    /// </summary>
    public Reception.Refused? Fault { get; init; }

    /// <summary>
    /// True when the broker has its own place for refused deliveries, such as a dead-letter exchange: the platform then
    /// answers <see cref="Reception.Refused"/>. Otherwise the platform keeps the delivery and answers
    /// <see cref="Reception.Kept"/>.
    /// </summary>
    public bool IsKeptByBroker { get; init; }
}

/// <summary>The outcome of a delivery.</summary>
public abstract record Reception
{
    /// <summary>The message is durable, or was stored before under its external id. May be acknowledged.</summary>
    public sealed record Stored(MessageId Id, bool IsRepeat) : Reception;

    /// <summary>
    /// Not stored as a message; the bytes and the reason are durable among the failures. May be acknowledged.
    /// </summary>
    /// <param name="IsCurable">
    /// True when the platform retries the delivery by itself; false when only an operator can.
    /// </param>
    public sealed record Kept(MessageId Id, string Code, string Reason, bool IsCurable) : Reception;

    /// <summary>
    /// The delivery can never be stored, for example because its body is over the limit or its external id was used for
    /// another body. Only a broker with <see cref="Delivery.IsKeptByBroker"/> gets this, and keeps the delivery.
    /// </summary>
    public sealed record Refused(string Code, string Reason) : Reception;

    /// <summary>
    /// Not stored: another process of the cluster receives now, by a connection of its own. Only a broker without
    /// <see cref="IBroker.HasCompetingConsumers"/> gets this, while it is being ended.
    /// </summary>
    public sealed record Elsewhere : Reception;
}

/// <param name="IsConnected">True while deliveries can come in.</param>
/// <param name="LastError">
/// The reason for the present or the last loss of the connection, without secrets; null before the first.
/// </param>
/// <param name="ReceivedCount">Deliveries since the start of the process.</param>
/// <param name="RefusedCount">Refused deliveries among <paramref name="ReceivedCount"/>.</param>
public sealed record BrokerStatus(bool IsConnected, string? LastError, long ReceivedCount, long RefusedCount);
