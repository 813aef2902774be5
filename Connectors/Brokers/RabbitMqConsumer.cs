using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Tributary.Connectors.Brokers.Amqp;

namespace Tributary.Connectors.Brokers;

/// <param name="Tag">The delivery's number on its channel.</param>
internal sealed record RabbitMqDelivery(ulong Tag, string RoutingKey, IReadOnlyBasicProperties Properties, byte[] Body)
{
    /// <summary>True when the server has delivered this before.</summary>
    public bool IsRedelivered { get; init; }

    /// <param name="isKeptByBroker">See <see cref="Delivery.IsKeptByBroker"/>.</param>
    public Delivery ToDelivery(bool isKeptByBroker) =>
        new(Body, NullIfEmpty(Properties.ContentType), NullIfEmpty(Properties.MessageId))
        {
            IsRedelivered = IsRedelivered,
            IsKeptByBroker = isKeptByBroker,
            Fault = AmqpHeaders.FaultOf(Properties.Headers) is { } fault
                ? new Reception.Refused(AmqpHeaders.Code, fault)
                : null,
        };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>Receives the deliveries and the end of a channel that consumes.</summary>
internal sealed class RabbitMqConsumer(IChannel channel, Action<RabbitMqDelivery> onDelivery, Action<string> onEnd)
    : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The client library reuses its buffer when this method returns, so the body is copied.
        onDelivery(new(deliveryTag, routingKey, properties, body.ToArray()) { IsRedelivered = redelivered });
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        onEnd("the server ended the consumer: the queue was deleted, or its node went down");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        onEnd(reason.Exception is { } cause ? $"{reason.ReplyText} ({cause.Message})" : reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }
}
