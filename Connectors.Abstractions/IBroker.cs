namespace Tributary.Connectors;

/// <summary>
/// A source of messages. Delivers at least once; what is delivered twice under one external id counts once.
/// </summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>
    /// Names the source in messages and logs: 1 to 512 bytes of UTF-8, without secrets, the same after every restart.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Receives until <paramref name="cancellation"/>, connecting again with a growing delay whenever the connection is
    /// lost. A delivery is acknowledged after <paramref name="receive"/> has returned <see cref="Reception.Stored"/> or
    /// <see cref="Reception.Kept"/>, and never before. Ends without an
    /// exception when cancelled; every other exception ends the process, so it is for what no operator could want to go
    /// on with.
    /// </summary>
    Task RunAsync(Receive receive, CancellationToken cancellation);

    /// <summary>What the broker has to say of itself now.</summary>
    BrokerStatus Status { get; }
}

/// <summary>
/// Takes one delivery; callable many times at once. Returns when the message is durable, kept among what failed, or
/// refused for good. Waits while the platform takes nothing, so that a broker which bounds its unanswered deliveries is
/// slowed down with it; what concerns one delivery alone is never waited for here. Throws
/// <see cref="OperationCanceledException"/> when the process stops: the delivery was not taken.
/// </summary>
public delegate ValueTask<Reception> Receive(Delivery delivery, CancellationToken cancellation);

/// <param name="Body">The bytes as they came; must not change until the answer.</param>
/// <param name="MediaType">What the sender says that they are, or null.</param>
/// <param name="ExternalId">The sender's own id of the message, or null.</param>
public sealed record Delivery(ReadOnlyMemory<byte> Body, string? MediaType = null, string? ExternalId = null)
{
    /// <summary>
    /// True when the broker says that it delivered this before and heard nothing: it may have ended the process.
    /// </summary>
    public bool IsRedelivered { get; init; }

    /// <summary>What the broker itself found wrong with it, or null: then it is not stored as a message.</summary>
    public Reception.Refused? Fault { get; init; }

    /// <summary>
    /// True when the broker has a place of its own for what is refused, such as a dead-letter exchange: it is answered
    /// <see cref="Reception.Refused"/> then. Otherwise the platform keeps it: <see cref="Reception.Kept"/>.
    /// </summary>
    public bool IsKeptByBroker { get; init; }
}

/// <summary>What became of a delivery.</summary>
public abstract record Reception
{
    /// <summary>Durable, or known already under its external id. May be acknowledged.</summary>
    public sealed record Stored(MessageId Id, bool IsRepeat) : Reception;

    /// <summary>
    /// Not stored as a message, and durable with its bytes and the reason among what failed. May be acknowledged.
    /// </summary>
    /// <param name="IsCurable">True when the platform offers it to itself again; else an operator may.</param>
    public sealed record Kept(MessageId Id, string Code, string Reason, bool IsCurable) : Reception;

    /// <summary>
    /// It can never be stored, for the reason given: a body over the limit, an external id that was used for another
    /// body. Only a broker with <see cref="Delivery.IsKeptByBroker"/> hears this, and keeps the delivery.
    /// </summary>
    public sealed record Refused(string Code, string Reason) : Reception;
}

/// <param name="IsConnected">True while deliveries can come in.</param>
/// <param name="LastError">Why it is not connected, or was not the last time; without secrets.</param>
/// <param name="ReceivedCount">Deliveries since the start.</param>
/// <param name="RefusedCount">Of these, how many were refused.</param>
public sealed record BrokerStatus(bool IsConnected, string? LastError, long ReceivedCount, long RefusedCount);
