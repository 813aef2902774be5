using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Tributary.Connectors.Brokers.Amqp;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// Publishes refused deliveries until the server confirms them. It uses a connection of its own: a server short of
/// memory or disk stops reading from connections that publish, and acknowledgements must still get through.
/// </summary>
internal sealed class RabbitMqDeadLetters(RabbitMqOptions options, Action<string> warn, TimeProvider time)
    : IAsyncDisposable
{
    private const int MaxReasonChars = 2000;
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(30);

    private readonly RabbitMqDeadLetterOptions letters = options.DeadLetters!;
    private readonly RepeatedWarning warning = new(warn, time);
    private readonly SemaphoreSlim opening = new(1, 1);

    // Bounds the deliveries being published. While the exchange takes nothing, the platform keeps further ones, so that
    // other deliveries still flow.
    private readonly int maxWaitingCount = options.PrefetchCount / 2;
    private int waitingCount;
    private volatile bool isFailing;
    private IConnection? connection;
    private IChannel? channel;

    /// <summary>
    /// True when the server has the delivery in a queue. While the exchange takes nothing, deliveries wait
    /// unacknowledged, at most half of the prefetch and each for at most <see cref="BrokerLimits.DeadLetterTimeout"/>;
    /// false for a delivery beyond either limit.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// The server may have the delivery or not: it redelivers, and the delivery is refused and published again.
    /// </exception>
    public async Task<bool> PublishAsync(RabbitMqDelivery delivery, Reception.Refused refused,
        CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var isBeyond = Interlocked.Increment(ref waitingCount) > maxWaitingCount;
        try
        {
            var backoff = new BrokerBackoff(BrokerLimits.FirstRetryDelay, BrokerLimits.MaxRetryDelay);
            while (!(isFailing && isBeyond))
            {
                if (await TryPublishAsync(delivery, refused, cancellation))
                    return true;
                if (time.GetElapsedTime(start) >= BrokerLimits.DeadLetterTimeout)
                    return false;
                if (!isBeyond)
                    await Task.Delay(backoff.Next(), time, cancellation);
            }

            return false;
        }
        finally
        {
            Interlocked.Decrement(ref waitingCount);
        }
    }

    private async Task<bool> TryPublishAsync(RabbitMqDelivery delivery, Reception.Refused refused,
        CancellationToken cancellation)
    {
        try
        {
            var open = await OpenAsync(cancellation);
            await open.BasicPublishAsync(
                letters.Exchange, letters.RoutingKey ?? delivery.RoutingKey, mandatory: true,
                    Properties(delivery, refused), delivery.Body, cancellation)
                .AsTask().WaitAsync(ConfirmTimeout, time, cancellation);
            isFailing = false;
            return true;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            isFailing = true;
            var why = failure is PublishException { IsReturn: true }
                ? $"no queue takes the routing key \"{letters.RoutingKey ?? delivery.RoutingKey}\" there"
                : options.Address.Explain(failure);
            warning.Say(
                $"{options.Name}: refused deliveries wait, because the dead-letter exchange \"{letters.Exchange}\" "
                + $"does not take them: {BrokerHealth.OneLine(why)}");
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        opening.Dispose();
    }

    private static BasicProperties Properties(RabbitMqDelivery delivery, Reception.Refused refused)
    {
        // Copies no property that would act a second time: an expiry, the sender's further routing
        // keys, and a user id other than ours.
        var headers = new Dictionary<string, object?>(delivery.Properties.Headers ?? new Dictionary<string, object?>());
        headers.Remove("CC");
        headers.Remove("BCC");
        headers.Remove(AmqpHeaders.Marker);
        headers["x-tributary-code"] = refused.Code;
        headers["x-tributary-reason"] =
            refused.Reason.Length <= MaxReasonChars ? refused.Reason : refused.Reason[..MaxReasonChars];
        headers["x-original-routing-key"] = delivery.RoutingKey;
        var properties = new BasicProperties(delivery.Properties)
        {
            Headers = headers,
            DeliveryMode = DeliveryModes.Persistent,
        };
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
                isFailing = true;
                warning.Say(
                    $"{options.Name}: refused deliveries wait, because the server blocks whoever publishes: "
                    + $"{BrokerHealth.OneLine(blocked.Reason)}");
                return Task.CompletedTask;
            };
            channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                cancellation);
            return channel;
        }
        finally
        {
            opening.Release();
        }
    }

    private async Task CloseAsync()
    {
        // Disposal closes an open connection, and returns at once for a closed one.
        if (connection is { } old)
        {
            await old.CloseAsync(Constants.ReplySuccess, "stop", BrokerLimits.CloseTimeout, abort: true)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await old.DisposeAsync();
        }

        (connection, channel) = (null, null);
    }
}
