namespace Tributary.Connectors.Brokers;

/// <summary>The configuration of a RabbitMQ broker, read and checked.</summary>
/// <param name="Exchange">Null: the queue alone, without a binding.</param>
/// <param name="PrefetchCount">
/// Most unacknowledged deliveries; the server sends no more until one is acknowledged.
/// </param>
/// <param name="ProcessDelay">How long a delivery waits before it is handed over.</param>
/// <param name="IsRejected">
/// True: refused deliveries go back to the server, where the queue's policy decides. False: the platform keeps them.
/// </param>
/// <param name="IsDeclared">True: the queue, exchanges and bindings are created when missing.</param>
/// <param name="DeadLetters">The exchange for refused deliveries, or null.</param>
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

/// <param name="BindingKeys">The routing keys of the queue's bindings, at least one.</param>
internal sealed record RabbitMqExchange(string Name, string Type, IReadOnlyList<string> BindingKeys);

/// <param name="RoutingKey">Null: the key under which the message arrived.</param>
internal sealed record RabbitMqDeadLetterOptions(string Exchange, string ExchangeType, string? RoutingKey);
