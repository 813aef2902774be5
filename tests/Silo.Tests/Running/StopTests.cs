using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Running;

public sealed class StopTests
{
    /// <summary>Only for a server that never stops: a loaded machine takes its time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_in_flight_is_answered_and_stored_before_the_server_stops()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await using var stream = client.GetStream();
        const string Body = """{"tag":"in flight"}""";
        await WriteAsync(stream,
            $"POST /api/v1/messages HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n");
        // The server asks for the body: the request is in its hands.
        Assert.StartsWith("HTTP/1.1 100", await ReadAsync(stream, "\r\n\r\n"), StringComparison.Ordinal);

        await server.SignalAsync("TERM", Cancellation);
        await WaitUntilRefusedAsync(server.Address);
        await WriteAsync(stream, Body);

        Assert.StartsWith("HTTP/1.1 202", await ReadAsync(stream, "}"), StringComparison.Ordinal);
        Assert.Equal(0, await server.WaitForExitAsync(Cancellation));

        await server.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(
            "in flight",
            Assert.Single(await StoredMessages.ReadAllAsync(http, Cancellation)).GetProperty("tag").GetString());
    }

    [Fact]
    public async Task While_a_request_is_in_flight_new_connections_are_told_that_the_server_stops_and_it_is_not_ready()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await using var stream = client.GetStream();
        const string Body = """{"tag":"in flight"}""";
        await WriteAsync(stream,
            $"POST /api/v1/messages HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await ReadAsync(stream, "\r\n\r\n"), StringComparison.Ordinal);

        await server.SignalAsync("TERM", Cancellation);
        await WaitUntilRefusedAsync(server.Address);
        var (posted, problem) = await AskAnewAsync(server.Address, HttpMethod.Post, "api/v1/messages");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, posted);
        Assert.Contains("\"stopping\"", problem, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await AskAnewAsync(server.Address, HttpMethod.Get, "health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAnewAsync(server.Address, HttpMethod.Get, "health/live")).Status);

        await WriteAsync(stream, Body);
        Assert.StartsWith("HTTP/1.1 202", await ReadAsync(stream, "}"), StringComparison.Ordinal);
        Assert.Equal(0, await server.WaitForExitAsync(Cancellation));
    }

    [Fact]
    public async Task With_a_delay_it_serves_on_after_the_signal_while_it_is_not_ready()
    {
        // So long that it does not end by itself while this test asks.
        await using var server = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__LIMITS__STOP_DELAY_SECONDS"] = "300" }, [], Cancellation);

        await server.SignalAsync("TERM", Cancellation);
        await Waiting.UntilAsync(async () =>
            (await AskAnewAsync(server.Address, HttpMethod.Get, "health/ready")).Status
                == HttpStatusCode.ServiceUnavailable);
        using var http = new HttpClient { BaseAddress = server.Address };
        for (var i = 0; i < 2; i++)
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            using var posted = await http.PostAsync(
                new Uri("api/v1/messages", UriKind.Relative), body, Cancellation);
            Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
            Assert.True(posted.Headers.ConnectionClose);
        }

        Assert.False(server.HasExited);
        // A second signal ends it at once.
        await server.SignalAsync("TERM", Cancellation);
        await server.WaitForExitAsync(Cancellation);
        await server.StartAsync(Cancellation);
        Assert.Equal(2, (await StoredMessages.ReadAllAsync(http, Cancellation)).Count);
    }

    [Fact]
    public async Task Under_load_every_acknowledged_message_is_there_after_a_stop()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        var load = new Load(server.Address, seed: 1);
        var producers = Enumerable
            .Range(0, 16)
            .Select(number => Task.Run(() => load.ProduceAsync(number, Cancellation), Cancellation))
            .ToList();
        await load.WaitForAcknowledgementsAsync(200, Cancellation);
        load.Pause();

        Assert.Equal(0, await server.StopAsync(Cancellation));

        await server.StartAsync(Cancellation);
        load.Resume();
        load.Finish();
        await Task.WhenAll(producers);
        using var http = new HttpClient { BaseAddress = server.Address };
        var tags = (await StoredMessages.ReadAllAsync(http, Cancellation))
            .Select(message => message.GetProperty("tag").GetString()!)
            .ToList();
        Assert.Equal(tags.Distinct().Count(), tags.Count);
        Assert.Empty(load.Acknowledged.Keys.Except(tags));
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_request_does_not_hold_the_stop_up()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await using var stream = client.GetStream();
        await WriteAsync(stream,
            $"POST /api/v1/messages HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: "
            + "application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
        await ReadAsync(stream, "\r\n\r\n");

        Assert.Equal(0, await server.StopAsync(Cancellation));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_subscriber_is_told_and_the_server_ends_with_code_0(string signal)
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/ws/v1/"), Cancellation);

        await server.SignalAsync(signal, Cancellation);
        var frame = await socket.ReceiveAsync(new byte[1024], Cancellation);
        Assert.Equal(WebSocketMessageType.Close, frame.MessageType);
        Assert.Equal(0, await server.WaitForExitAsync(Cancellation));
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAnewAsync(
        Uri address, HttpMethod method, string path)
    {
        // A connection of its own.
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        using var answer = await http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Returns once new requests are refused: by 503, or because nobody listens any more.</summary>
    private static async Task WaitUntilRefusedAsync(Uri address)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        using var http = new HttpClient();
        try
        {
            while ((await http.GetAsync(new Uri(address, "api/v1/ledger"), limit.Token)).IsSuccessStatusCode)
                await Task.Delay(10, limit.Token);
        }
        catch (HttpRequestException)
        {
            // Nobody listens any more.
        }
    }

    private static Task WriteAsync(NetworkStream stream, string text) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation).AsTask();

    private static async Task<string> ReadAsync(NetworkStream stream, string until)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (!text.ToString().Contains(until, StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, Cancellation) is > 0 and var count)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
