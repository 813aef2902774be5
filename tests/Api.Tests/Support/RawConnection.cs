using System.Net.Sockets;
using System.Text;

namespace Tributary.Api.Tests.Support;

/// <summary>One TCP connection that speaks HTTP/1.1 by hand.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient tcp = new();
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
    private readonly List<byte> received = [];
    private NetworkStream stream = null!;

    public static async Task<RawConnection> OpenAsync(RunningServer server)
    {
        var connection = new RawConnection();
        await connection.tcp.ConnectAsync(server.Address.Host, server.Address.Port);
        connection.stream = connection.tcp.GetStream();
        return connection;
    }

    public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), limit.Token);

    /// <summary>Sends a request and reads its answer.</summary>
    public async Task<(int Status, string Body)> RequestAsync(string head, string body = "")
    {
        await SendAsync(
            $"{head}\r\nHost: {tcp.Client.RemoteEndPoint}\r\nContent-Length: "
            + $"{Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        return await ReadAnswerAsync();
    }

    /// <summary>Reads one answer with Content-Length or chunks.</summary>
    public async Task<(int Status, string Body)> ReadAnswerAsync()
    {
        var head = await ReadUntilAsync("\r\n\r\n");
        var status = int.Parse(head.Split(' ')[1]);
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            var body = new StringBuilder();
            while (Convert.ToInt32((await ReadUntilAsync("\r\n")).Trim(), 16) is > 0 and var size)
            {
                body.Append(await ReadAsync(size));
                await ReadUntilAsync("\r\n");
            }

            await ReadUntilAsync("\r\n");
            return (status, body.ToString());
        }

        var lengthAt = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        var length = lengthAt < 0 ? 0 : int.Parse(head[(lengthAt + 16)..].Split('\r')[0]);
        return (status, await ReadAsync(length));
    }

    /// <summary>Reads up to and including the text.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var mark = Encoding.ASCII.GetBytes(end);
        int at;
        while ((at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(received).IndexOf(mark)) < 0)
            await FillAsync();
        return Take(at + mark.Length);
    }

    public void Dispose()
    {
        tcp.Dispose();
        limit.Dispose();
    }

    private async Task<string> ReadAsync(int length)
    {
        while (received.Count < length)
            await FillAsync();
        return Take(length);
    }

    private async Task FillAsync()
    {
        var buffer = new byte[4096];
        var count = await stream.ReadAsync(buffer, limit.Token);
        if (count == 0)
            throw new EndOfStreamException("The server closed the connection.");
        received.AddRange(buffer[..count]);
    }

    private string Take(int length)
    {
        var text = Encoding.UTF8.GetString([.. received[..length]]);
        received.RemoveRange(0, length);
        return text;
    }
}
