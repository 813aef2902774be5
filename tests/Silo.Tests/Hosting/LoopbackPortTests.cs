using System.Net;
using System.Net.Sockets;
using Tributary.Rounds.Orleans.Hosting;

namespace Tributary.Silo.Tests.Hosting;

public sealed class LoopbackPortTests
{
    [Fact]
    public void A_port_that_is_held_is_given_to_nobody_else()
    {
        var held = new List<LoopbackPort>();
        try
        {
            for (var i = 0; i < 200; i++)
                held.Add(new LoopbackPort());
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
        using var port = new LoopbackPort();
        using var listening = NewSocket(isShared: true);
        listening.Bind(port.EndPoint);
        listening.Listen();

        using var client = new TcpClient();
        await client.ConnectAsync(port.EndPoint, TestContext.Current.CancellationToken);
        using var accepted = await listening.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.True(accepted.Connected);
    }

    private static Socket NewSocket(bool isShared)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (isShared)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        return socket;
    }
}
