using RabbitMQ.Client;
using Tributary.Connectors.Tests.Support;
using Tributary.TestingHost;
using Tributary.TestingHost.Brokers;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>One RabbitMQ server for the tests of a collection, which run one after the other.</summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    public RabbitMqServer Server { get; private set; } = null!;

    /// <summary>Where it takes TLS, with the test's own certificate.</summary>
    public int TlsPort { get; } = FreePort.Next();

    internal TestCertificate Certificate { get; } = new();

    public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartNewAsync(
        $"listeners.ssl.1 = 127.0.0.1:{TlsPort}",
        $"ssl_options.cacertfile = {Certificate.CertificateFile}",
        $"ssl_options.certfile = {Certificate.CertificateFile}",
        $"ssl_options.keyfile = {Certificate.KeyFile}",
        "ssl_options.verify = verify_none",
        "ssl_options.fail_if_no_peer_cert = false");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Certificate.Dispose();
    }

    internal Task<RabbitMqPeer> ConnectAsync() => RabbitMqPeer.ConnectAsync(Server.Port);
}

[CollectionDefinition(nameof(RabbitMqCollection))]
public sealed class RabbitMqCollection : ICollectionFixture<RabbitMqFixture>;

/// <summary>A producer and an operator at the other side of the server.</summary>
internal sealed class RabbitMqPeer : IAsyncDisposable
{
    private readonly IConnection connection;

    private RabbitMqPeer(IConnection connection, IChannel channel) =>
        (this.connection, Channel) = (connection, channel);

    public IChannel Channel { get; }

    public static async Task<RabbitMqPeer> ConnectAsync(int port)
    {
        var opened = await new ConnectionFactory
        {
            HostName = "127.0.0.1",
            Port = port,
            AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();
        return new(
            opened,
            await opened.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
    }

    /// <summary>Publishes durably; returns when the server has them.</summary>
    public async Task PublishAsync(string exchange, string routingKey, params IEnumerable<string> bodies)
    {
        var confirms = new List<Task>();
        foreach (var body in bodies)
        {
            var properties = new BasicProperties
            {
                MessageId = "id of " + body,
                ContentType = "text/plain",
                DeliveryMode = DeliveryModes.Persistent,
            };
            confirms.Add(
                Channel
                    .BasicPublishAsync(
                        exchange, routingKey, mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(body))
                    .AsTask());
        }

        await Task.WhenAll(confirms);
    }

    /// <summary>Messages that wait in a queue and are in nobody's hands.</summary>
    public Task<uint> CountAsync(string queue) => Channel.MessageCountAsync(queue);

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
