namespace Tributary.Connectors.Brokers;

/// <summary>The configuration of a RabbitMQ broker, read and checked.</summary>
/// <param name="Exchange">Null: the queue alone.</param>
/// <param name="PrefetchCount">
/// Most deliveries without an answer; the server sends no more before one of them is acknowledged.
/// </param>
/// <param name="ProcessDelay">How long a delivery waits before it is handed over.</param>
/// <param name="IsRejected">Whether a refused delivery is given up to the server, whose queue has a policy for it,
/// instead of being kept here.</param>
/// <param name="IsDeclared">Whether queue, exchanges and bindings are made when they are not there.</param>
/// <param name="DeadLetters">Where refused deliveries go, or null.</param>
internal sealed record RabbitMqOptions(
    string Name,
    RabbitMqAddress Address,
    string Queue,
    RabbitMqExchange? Exchange,
    ushort PrefetchCount,
    TimeSpan ProcessDelay,
    TimeSpan FirstRetryDelay,
    bool IsRejected,
    bool IsDurable,
    bool IsDeclared,
    RabbitMqDeadLetterOptions? DeadLetters);

/// <param name="BindingKeys">The routing keys that the queue is bound with, at least one.</param>
internal sealed record RabbitMqExchange(string Name, string Type, IReadOnlyList<string> BindingKeys);

/// <param name="RoutingKey">Null: the key under which the message came.</param>
internal sealed record RabbitMqDeadLetterOptions(string Exchange, string ExchangeType, string? RoutingKey);
