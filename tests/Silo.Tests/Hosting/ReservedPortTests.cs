using System.Net;
using System.Net.Sockets;
using Tributary.Rounds.Orleans.Hosting;

namespace Tributary.Silo.Tests.Hosting;

public sealed class ReservedPortTests
{
    [Fact]
    public void A_port_that_is_held_is_given_to_nobody_else()
    {
        var held = new List<ReservedPort>();
        try
        {
            for (var i = 0; i < 200; i++)
                held.Add(new ReservedPort(IPAddress.Loopback));
            Assert.Equal(held.Count, held.Select(static port => port.EndPoint.Port).Distinct().Count());

            var known = held.Select(static port => port.EndPoint.Port).ToHashSet();
            for (var i = 0; i < 200; i++)
            {
                // As Orleans makes its sockets: those that share ports are not given a held one either.
                using var chosen = NewSocket(isShared: true);
                chosen.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                Assert.DoesNotContain(((IPEndPoint)chosen.LocalEndPoint!).Port, known);
            }
        }
        finally
        {
            held.ForEach(static port => port.Dispose());
        }
    }

    [Fact]
    public async Task Its_process_listens_on_a_port_that_is_held()
    {
        using var port = new ReservedPort(IPAddress.Loopback);
        using var listening = NewSocket(isShared: true);
        listening.Bind(port.EndPoint);
        listening.Listen();

        using var client = new TcpClient();
        await client.ConnectAsync(port.EndPoint, TestContext.Current.CancellationToken);
        using var accepted = await listening.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public void A_port_on_which_another_listens_is_refused_by_its_number()
    {
        using var listening = NewSocket(isShared: true);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var port = ((IPEndPoint)listening.LocalEndPoint!).Port;

        var error = Assert.Throws<IOException>(() => new ReservedPort(IPAddress.Loopback, port).Dispose());

        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    private static Socket NewSocket(bool isShared)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (isShared)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        return socket;
    }
}
