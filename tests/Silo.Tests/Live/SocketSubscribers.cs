using System.Buffers.Text;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace Tributary.Silo.Tests.Live;

/// <summary>
/// Several subscriptions over one <c>graphql-transport-ws</c> socket. A socket that is gone is opened again, and every
/// subscription goes on behind the last message that it got. With <paramref name="seed"/> some sockets break off by
/// themselves, and some subscriptions are completed and begun again.
/// </summary>
/// <param name="server">Where the next connection goes.</param>
internal sealed class SocketSubscribers(
    Func<Uri> server, IReadOnlyList<SubscriberBook> books, ServerGate gate, int seed)
    : IDisposable
{
    private const int MaxFrameBytes = 64 * 1024;

    // Of a server that sends nothing at all, while messages come, because it stands still.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Random random = new(seed);
    private readonly int[] lives = new int[books.Count];
    private readonly byte[] buffer = new byte[MaxFrameBytes];
    private ClientWebSocket socket = new();

    /// <summary>Connections that this client broke off, and subscriptions that it began anew.</summary>
    public int LeftCount { get; private set; }

    /// <summary>Subscriptions that the server ended with a place to resume.</summary>
    public int ToldCount { get; private set; }

    /// <summary>Connections that ended without this client's doing.</summary>
    public int LostCount { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (books.Any(book => !book.Done.IsCompleted))
        {
            await gate.WaitAsync(cancellation);
            try
            {
                await OpenAsync(cancellation);
                await ReadAsync(cancellation);
            }
            catch (Exception gone) when (gone is WebSocketException or HttpRequestException or IOException
                || (gone is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                LostCount++;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task OpenAsync(CancellationToken cancellation)
    {
        socket.Dispose();
        socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        using var patience = Patient(cancellation);
        await socket.ConnectAsync(new Uri($"ws://{server().Authority}/graphql"), patience.Token);
        await SendAsync(new { type = "connection_init" }, cancellation);
        for (var book = 0; book < books.Count; book++)
            await SubscribeAsync(book, cancellation);
    }

    /// <summary>Takes what comes until the socket is closed, or this client leaves.</summary>
    private async Task ReadAsync(CancellationToken cancellation)
    {
        // Half of the sockets leave, once in each life of the server; and one of a socket's subscriptions begins anew
        // meanwhile.
        var leaveAfterCount = random.Next(2) == 0 ? random.Next(100, 5_000) : int.MaxValue;
        var renewAfterCount = random.Next(100, 5_000);
        for (var count = 0; books.Any(book => !book.Done.IsCompleted); count++)
        {
            if (await ReceiveAsync(cancellation) is not { } frame)
                return;
            Take(frame.Span);
            if (count == renewAfterCount)
            {
                LeftCount++;
                var renewed = random.Next(books.Count);
                await SendAsync(new { type = "complete", id = IdOf(renewed) }, cancellation);
                await SubscribeAsync(renewed, cancellation);
            }

            if (count < leaveAfterCount)
                continue;
            LeftCount++;
            socket.Abort();
            return;
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation)
    {
        using var patience = Patient(cancellation);
        for (var length = 0; ;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                LostCount++;
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation);
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
                return buffer.AsMemory(0, length);
        }
    }

    private static CancellationTokenSource Patient(CancellationToken cancellation)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        return patience;
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var head = "{\"id\":\""u8;
        if (frame.StartsWith(head))
        {
            Assert.True(Utf8Parser.TryParse(frame[head.Length..], out int book, out var digits));
            Assert.True(Utf8Parser.TryParse(frame[(head.Length + digits + 1)..], out int life, out _));
            // What was on its way when a subscription was completed belongs to nobody: it comes again.
            if (life != lives[book] || books[book].TryTake(frame))
                return;
            TakeEnd(books[book], JsonElement.Parse(frame));
            return;
        }

        var answer = JsonElement.Parse(frame);
        Assert.Equal("connection_ack", answer.GetProperty("type").GetString());
    }

    private void TakeEnd(SubscriberBook book, JsonElement answer)
    {
        if (answer.GetProperty("type").GetString() == "complete")
            return;
        book.Resume(AnswerErrors.CursorOf(answer.GetProperty("payload")));
        ToldCount++;
    }

    private Task SubscribeAsync(int book, CancellationToken cancellation)
    {
        lives[book]++;
        return SendAsync(
            new
            {
                type = "subscribe",
                id = IdOf(book),
                payload = new { query = SubscriberBook.Query, variables = new { after = books[book].After } },
            },
            cancellation);
    }

    private string IdOf(int book) => string.Create(CultureInfo.InvariantCulture, $"{book}/{lives[book]}");

    private Task SendAsync(object message, CancellationToken cancellation) =>
        socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellation);
}
