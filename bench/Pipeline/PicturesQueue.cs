using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Tributary.Bench.Pipeline;

/// <summary>
/// A durable queue filled with messages that refer to pictures, each with a message id, persistent,
/// and confirmed before the measurement.
/// </summary>
internal static class PicturesQueue
{
    private const int BatchCount = 1_000;

    public static async Task FillAsync(int port, string queue, int count, CancellationToken cancellation)
    {
        await using var connection = await new ConnectionFactory
        {
            HostName = "127.0.0.1",
            Port = port,
        }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellation);
        await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
        foreach (var batch in Enumerable.Range(0, count).Chunk(BatchCount))
            await Task.WhenAll(batch.Select(number => PublishAsync(channel, queue, number, cancellation)));
    }

    public static async Task<uint> CountAsync(int port, string queue, CancellationToken cancellation)
    {
        await using var connection = await new ConnectionFactory
        {
            HostName = "127.0.0.1",
            Port = port,
        }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        return (await channel.QueueDeclarePassiveAsync(queue, cancellation)).MessageCount;
    }

    private static Task PublishAsync(IChannel channel, string queue, int number, CancellationToken cancellation)
    {
        var uuid = string.Create(CultureInfo.InvariantCulture, $"{number:x8}-0000-4000-8000-000000000000");
        var text = $$"""{{uuid}}|{{Pictures.PathOf(number)}}|{"mime.type":"image/jpeg"}""";
        var properties = new BasicProperties { MessageId = uuid, DeliveryMode = DeliveryModes.Persistent };
        return channel
            .BasicPublishAsync("", queue, mandatory: true, properties, Encoding.UTF8.GetBytes(text), cancellation)
            .AsTask();
    }
}
