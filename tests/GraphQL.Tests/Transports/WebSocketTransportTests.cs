using System.Text;
using System.Text.Json;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>The protocol graphql-transport-ws.</summary>
public sealed class WebSocketTransportTests : IAsyncLifetime
{
    private const string Init = """{"type":"connection_init"}""";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.Start(
            limits: new GraphQLOptions { MaxSubscriptionsPerConnection = 2, MaxRequestBytes = 20_000 });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_client_graphql_ws_gets_streams_single_results_and_errors()
    {
        await using var roomy = await TestServer.Start();
        var answers = await Oracle.Run("ws.mjs", new
        {
            url = roomy.WebSocketUrl,
            operations = new object[]
            {
                new { query = "subscription ($to: Int!) { count(to: $to) }", variables = new { to = 3 } },
                new { query = "{ hello }" },
                new { query = "mutation { add(n: 1) }" },
                new { query = "subscription { forever }", take = 1 },
                new { query = "subscription { refused }" },
                new { query = "{ nothing }" },
                new { query = "{ fails }" },
            },
        });
        Assert.Equal(
            """{"results":[{"data":{"count":1}},{"data":{"count":2}},{"data":{"count":3}}]}""",
            answers[0].ToString());
        Assert.Equal("""{"results":[{"data":{"hello":"Hello world"}}]}""", answers[1].ToString());
        Assert.Equal("""{"results":[{"data":{"add":2}}]}""", answers[2].ToString());
        Assert.Equal("""{"results":[{"data":{"forever":1}}]}""", answers[3].ToString());
        Assert.Equal("Not for you.", answers[4].GetProperty("error")[0].GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Array, answers[5].GetProperty("error").ValueKind);
        Assert.Equal(
            "No.", answers[6].GetProperty("results")[0].GetProperty("errors")[0].GetProperty("message").GetString());
        await roomy.ForeverEnded.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("4400", "{")]
    [InlineData("4400", "[]")]
    [InlineData("4400", """{"type":"unknown"}""")]
    [InlineData("4400", """{"type":"connection_init","payload":1}""")]
    [InlineData("4400", """{"type":"complete"}""")]
    [InlineData("4401", """{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}""")]
    [InlineData("4429", Init, Init)]
    [InlineData("4400", Init, """{"type":"subscribe","id":"1"}""")]
    [InlineData("4400", Init, """{"type":"subscribe","id":"1","payload":{"query":1}}""")]
    [InlineData("4400", Init, """{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}""")]
    [InlineData(
        "4409",
        Init,
        """{"type":"subscribe","id":"1","payload":{"query":"subscription { forever }"}}""",
        """{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}""")]
    public async Task Messages_against_the_protocol_close_with_a_code(string code, params string[] messages)
    {
        using var socket = await server.Connect();
        foreach (var message in messages) await socket.Send(message);
        Assert.Equal(code, await Close(socket));
    }

    [Fact]
    public async Task Another_subprotocol_closes_with_4406()
    {
        using var socket = await server.Connect(null);
        Assert.Equal("4406", await socket.Receive());
    }

    [Fact]
    public async Task A_missing_connection_init_closes_with_4408()
    {
        await using var hasty = await TestServer.Start(
            new GraphQLHttpOptions { ConnectionInitTimeout = TimeSpan.FromMilliseconds(50) });
        using var socket = await hasty.Connect();
        await socket.Send("""{"type":"ping"}""");
        Assert.Equal("4408", await Close(socket));
    }

    [Theory]
    [InlineData("no", "4403")]
    [InlineData("throw", "4500")]
    [InlineData("wait", "4504")]
    [InlineData("yes", """{"type":"connection_ack"}""")]
    public async Task The_host_decides_on_the_payload_of_connection_init(string payload, string answer)
    {
        await using var guarded = await TestServer.Start(new GraphQLHttpOptions
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(100),
            Connect = async (_, json, cancellation) =>
            {
                var word = json.GetProperty("word").GetString();
                if (word == "throw") throw new InvalidOperationException("thrown on purpose");
                if (word == "wait") await Task.Delay(Timeout.Infinite, cancellation);
                return word == "yes";
            },
        });
        using var socket = await guarded.Connect();
        await socket.Send($$$"""{"type":"connection_init","payload":{"word":"{{{payload}}}"}}""");
        Assert.Equal(answer, await socket.Receive());
    }

    [Fact]
    public async Task Ping_is_answered_also_before_connection_init()
    {
        using var socket = await server.Connect();
        await socket.Send("""{"type":"ping","payload":{"a":1}}""");
        Assert.Equal("""{"type":"pong","payload":{"a":1}}""", await socket.Receive());
        await socket.Send("""{"type":"pong"}""");
        await socket.Init();
    }

    [Fact]
    public async Task A_message_may_come_in_frames_that_cut_a_character()
    {
        using var socket = await server.Connect();
        await socket.Init();
        var bytes = Encoding.UTF8.GetBytes(
            """{"type":"subscribe","id":"é","payload":{"query":"{ hello(name: \"日本\") }"}}""");
        foreach (var (part, i) in bytes.Select((b, i) => (b, i)))
            await socket.Send([part], i == bytes.Length - 1);
        Assert.Equal("""{"id":"é","type":"next","payload":{"data":{"hello":"Hello 日本"}}}""", await socket.Receive());
        Assert.Equal("""{"id":"é","type":"complete"}""", await socket.Receive());
    }

    [Fact]
    public async Task An_id_is_free_again_with_complete_and_unknown_ids_are_ignored()
    {
        using var socket = await server.Connect();
        await socket.Init();
        await socket.Send("""{"type":"complete","id":"unknown"}""");
        for (var i = 0; i < 20; i++)
        {
            await socket.Subscribe("1", "{ hello }");
            Assert.Contains("next", await socket.Receive());
            Assert.Equal("""{"id":"1","type":"complete"}""", await socket.Receive());
        }
        await socket.Subscribe("1", "{ wrong }");
        Assert.StartsWith("""{"id":"1","type":"error","payload":[{"message":""", await socket.Receive());
        await socket.Subscribe("1", "subscription { forever }");
        Assert.Contains("next", await socket.Receive());
        await socket.Send("""{"type":"complete","id":"1"}""");
        await socket.Subscribe("1", "{ hello }");
        Assert.Contains("Hello", await socket.Receive());
        await server.ForeverEnded.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Too_many_subscriptions_and_too_long_messages_are_refused()
    {
        using var socket = await server.Connect();
        await socket.Init();
        await socket.Subscribe("1", "subscription { forever }");
        Assert.Contains("next", await socket.Receive());
        await socket.Subscribe("2", "subscription { forever }");
        Assert.Contains("next", await socket.Receive());
        await socket.Subscribe("3", "{ hello }");
        Assert.Contains("LIMIT_EXCEEDED", await socket.Receive());
        await socket.Send("\"" + new string('x', 30_000) + "\"");
        Assert.Equal("1009", await Close(socket));
    }

    [Fact]
    public async Task A_message_of_the_greatest_length_is_read()
    {
        using var socket = await server.Connect();
        await socket.Send("""{"type":"ping"}""".PadRight(20_000));
        Assert.Equal("""{"type":"pong"}""", await socket.Receive());
        await socket.Send("""{"type":"ping"}""".PadRight(20_001));
        Assert.Equal("1009", await Close(socket));
    }

    [Fact]
    public async Task A_server_that_stops_says_so_to_those_who_wait_and_to_those_who_have_said_nothing_yet()
    {
        using var stopping = new CancellationTokenSource();
        await using var leaving = await TestServer.Start(
            new GraphQLHttpOptions { Stopping = stopping.Token, ConnectionInitTimeout = TimeSpan.FromMinutes(1) });
        using var silent = await leaving.Connect();
        using var idle = await leaving.Connect();
        await idle.Init();
        await stopping.CancelAsync();
        Assert.Equal("1001", await silent.Receive());
        Assert.Equal("1001", await idle.Receive());
        using var late = await leaving.Connect();
        Assert.Equal("1001", await late.Receive());
    }

    [Fact]
    public async Task Operations_that_end_by_themselves_are_heard_to_the_end_before_a_stopping_server_closes()
    {
        using var stopping = new CancellationTokenSource();
        await using var leaving = await TestServer.Start(new GraphQLHttpOptions { Stopping = stopping.Token });
        leaving.EndWith(stopping.Token);
        using var socket = await leaving.Connect();
        await socket.Init();
        await socket.Subscribe("1", "subscription { untilStop }");
        Assert.Equal("""{"id":"1","type":"next","payload":{"data":{"untilStop":1}}}""", await socket.Receive());
        await stopping.CancelAsync();
        Assert.Equal("""{"id":"1","type":"next","payload":{"data":{"untilStop":2}}}""", await socket.Receive());
        Assert.Equal("""{"id":"1","type":"complete"}""", await socket.Receive());
        Assert.Equal("1001", await socket.Receive());
    }

    [Fact]
    public async Task An_operation_that_does_not_end_does_not_hold_up_a_stopping_server()
    {
        using var stopping = new CancellationTokenSource();
        await using var leaving = await TestServer.Start(
            new GraphQLHttpOptions { Stopping = stopping.Token, StopTimeout = TimeSpan.FromMilliseconds(50) });
        using var socket = await leaving.Connect();
        await socket.Init();
        await socket.Subscribe("1", "subscription { forever }");
        Assert.Contains("next", await socket.Receive());
        await stopping.CancelAsync();
        Assert.Equal("1001", await socket.Receive());
        await socket.Socket.CloseOutputAsync(
            System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        await leaving.ForeverEnded.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pages_of_other_sites_cannot_open_a_socket()
    {
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() =>
            server.Connect("graphql-transport-ws", ("Origin", "https://evil.example"))
        );
    }

    private static async Task<string> Close(TestSocket socket)
    {
        while (true)
        {
            var message = await socket.Receive();
            if (message.Length == 4) return message;
        }
    }
}
