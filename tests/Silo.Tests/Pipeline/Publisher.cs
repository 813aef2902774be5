using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// A producer as one should be: it hands a message over again, under the same id, until the broker has confirmed it.
/// </summary>
internal sealed class Publisher(int port, string exchange, string routingKey)
{
    private const int BatchCount = 200;

    private readonly ConnectionFactory factory = new() { HostName = "127.0.0.1", Port = port };

    /// <summary>Publishes in order; returns when the broker has confirmed all.</summary>
    public async Task PublishAsync(IReadOnlyList<(string Id, string Text)> messages, CancellationToken cancellation)
    {
        for (var done = 0; done < messages.Count;)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(cancellation);
                await using var channel = await connection.CreateChannelAsync(
                    new CreateChannelOptions(
                        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                    cancellation);
                for (; done < messages.Count; done += BatchCount)
                {
                    var batch = messages.Skip(done).Take(BatchCount);
                    await Task.WhenAll(
                        batch.Select(message =>
                            channel
                                .BasicPublishAsync(
                                    exchange,
                                    routingKey,
                                    mandatory: true,
                                    new BasicProperties
                                    {
                                        MessageId = message.Id,
                                        DeliveryMode = DeliveryModes.Persistent,
                                    },
                                    Encoding.UTF8.GetBytes(message.Text),
                                    cancellation)
                                .AsTask()));
                }
            }
            catch (Exception error)
                when (error is RabbitMQClientException or IOException or InvalidOperationException
                    && !cancellation.IsCancellationRequested)
            {
                // The broker is away, or its queue is not declared yet: the batch goes out again.
                await Task.Delay(100, cancellation);
            }
        }
    }

    /// <summary>Messages that wait in the queue.</summary>
    public async Task<uint> CountAsync(string queue, CancellationToken cancellation)
    {
        await using var connection = await factory.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        return (await channel.QueueDeclarePassiveAsync(queue, cancellation)).MessageCount;
    }
}
