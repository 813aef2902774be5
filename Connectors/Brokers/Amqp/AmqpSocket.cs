using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// A socket for the client library, which reads through <see cref="AmqpStream"/>. TLS starts here, not in the library,
/// so that the decrypted bytes can be checked.
/// </summary>
/// <param name="tls">Null without TLS.</param>
internal sealed class AmqpSocket(Socket socket, SslClientAuthenticationOptions? tls) : TcpClientAdapter(socket)
{
    private readonly Socket connected = socket;
    private Stream? stream;

    public static AmqpSocket Create(AddressFamily family, SslClientAuthenticationOptions? tls) =>
        new(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, tls);

    public override async Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default)
    {
        await base.ConnectAsync(host, port, cancellationToken);
        stream = new NetworkStream(connected, ownsSocket: false);
        if (tls is null)
            return;
        var secured = new SslStream(stream);
        stream = secured;
        await secured.AuthenticateAsClientAsync(tls, cancellationToken);
    }

    public override NetworkStream GetStream() =>
        new AmqpStream(connected, stream ?? throw new InvalidOperationException("The socket is not connected."));

    public override void Close()
    {
        stream?.Dispose();
        base.Close();
    }
}
