using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// Publishes refused deliveries until the server confirms them. On a connection of its own: a server short of memory or disk stops
/// reading from connections that publish, and acknowledgements must get through.
/// </summary>
internal sealed class RabbitMqDeadLetters(RabbitMqOptions options, Action<string> warn, TimeProvider time) : IAsyncDisposable
{
    private const int MaxReasonChars = 2000;
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(30);

    private readonly RabbitMqDeadLetterOptions letters = options.DeadLetters!;
    private readonly RepeatedWarning warning = new(warn, time);
    private readonly SemaphoreSlim opening = new(1, 1);
    private IConnection? connection;
    private IChannel? channel;

    /// <summary>Returns when the server has it in a queue. Tries as long as it takes; meanwhile the delivery is not acknowledged.</summary>
    /// <exception cref="OperationCanceledException">It may be there or not: it is delivered, refused and published again.</exception>
    public async Task PublishAsync(RabbitMqDelivery delivery, Reception.Refused refused, CancellationToken cancellation)
    {
        var backoff = new Backoff(BrokerLimits.FirstRetryDelay, BrokerLimits.MaxRetryDelay);
        while (true)
        {
            try
            {
                var open = await OpenAsync(cancellation);
                await open.BasicPublishAsync(
                    letters.Exchange, letters.RoutingKey ?? delivery.RoutingKey, mandatory: true, Properties(delivery, refused), delivery.Body, cancellation)
                    .AsTask().WaitAsync(ConfirmTimeout, time, cancellation);
                return;
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                var why = failure is PublishException { IsReturn: true }
                    ? $"no queue takes the routing key \"{letters.RoutingKey ?? delivery.RoutingKey}\" there"
                    : options.Address.Explain(failure);
                warning.Say($"{options.Name}: refused deliveries wait, because the dead-letter exchange \"{letters.Exchange}\" does not take them: {BrokerHealth.OneLine(why)}");
            }

            await Task.Delay(backoff.Next(), time, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        opening.Dispose();
    }

    private static BasicProperties Properties(RabbitMqDelivery delivery, Reception.Refused refused)
    {
        // Left out is what would act a second time: an expiry, the sender's further routing keys, and a user id that is not ours.
        var headers = new Dictionary<string, object?>(delivery.Properties.Headers ?? new Dictionary<string, object?>());
        headers.Remove("CC");
        headers.Remove("BCC");
        headers["x-tributary-code"] = refused.Code;
        headers["x-tributary-reason"] = refused.Reason.Length <= MaxReasonChars ? refused.Reason : refused.Reason[..MaxReasonChars];
        headers["x-original-routing-key"] = delivery.RoutingKey;
        var properties = new BasicProperties(delivery.Properties) { Headers = headers, DeliveryMode = DeliveryModes.Persistent };
        properties.ClearExpiration();
        properties.ClearUserId();
        return properties;
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            if (channel is { IsOpen: true })
                return channel;
            await CloseAsync();
            connection = await options.Address.ConnectAsync($"{options.Name} dead letters", cancellation);
            connection.ConnectionBlockedAsync += (_, blocked) =>
            {
                warning.Say($"{options.Name}: refused deliveries wait, because the server blocks whoever publishes: {BrokerHealth.OneLine(blocked.Reason)}");
                return Task.CompletedTask;
            };
            channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
            return channel;
        }
        finally
        {
            opening.Release();
        }
    }

    private async Task CloseAsync()
    {
        // Disposal closes what is open, and is quick with what is closed already.
        if (connection is { } old)
        {
            await old.CloseAsync(Constants.ReplySuccess, "stop", BrokerLimits.CloseTimeout, abort: true).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await old.DisposeAsync();
        }

        (connection, channel) = (null, null);
    }
}
