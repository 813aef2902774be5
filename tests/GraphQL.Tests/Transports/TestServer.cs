using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>An engine behind a real Kestrel on a port of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private const string Sdl = """
        type Query { hello(name: String = "world"): String!, fails: Int }
        type Mutation { add(n: Int!): Int! }
        type Subscription { count(to: Int!): Int!, forever: Int!, breaks: Int!, untilStop: Int!, refused: Int! }
        """;

    private readonly WebApplication host;

    private TestServer(WebApplication host, string url)
    {
        this.host = host;
        Url = url + "/graphql";
    }

    private CancellationToken stopping;

    public string Url { get; }

    public string WebSocketUrl => "ws" + Url[4..];

    public HttpClient Client { get; } = new();

    /// <summary>Completes when a stream of <c>forever</c> has been disposed.</summary>
    public TaskCompletionSource ForeverEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What requests ended with: null, or what was thrown.</summary>
    public Channel<Exception?> RequestEnds { get; } = Channel.CreateUnbounded<Exception?>();

    public static async Task<TestServer> Start(GraphQLHttpOptions? options = null, GraphQLOptions? limits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        TestServer? server = null;
        app.Use(async (http, next) =>
        {
            var failure = await Record.ExceptionAsync(() => next(http));
            server!.RequestEnds.Writer.TryWrite(failure);
        });
        var bindings = new SchemaBindings();
        bindings.Object("Query")
            .Field("hello", (_, c) => $"Hello {c.Arguments.Get<string>("name")}")
            .Field<int?>("fails", _ => throw new GraphQLException("No."));
        bindings.Object("Mutation").Field("add", (_, c) => c.Arguments.Get<int>("n") + 1);
        bindings.Object("Subscription")
            .Stream("count", c => Count(c.Arguments.Get<int>("to"), c.CancellationToken))
            .Stream("forever", c => Forever(server!, c.CancellationToken))
            .Stream("breaks", c => Breaks())
            .Stream("untilStop", c => UntilStop(server!))
            .Stream<int>("refused", _ => throw new GraphQLException("Not for you.", "REFUSED"));
        app.MapGraphQL("/graphql", new GraphQLEngine(Sdl, bindings, limits), options);
        await app.StartAsync();
        server = new TestServer(app, app.Urls.First());
        return server;
    }

    /// <summary>Streams of <c>untilStop</c> give a last event with this token, and end.</summary>
    public void EndWith(CancellationToken token) => stopping = token;

    public async Task<(int Status, string? MediaType, string Body)> Send(
        HttpMethod method, string query, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Url + query);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (name == "content-type")
                request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Client.SendAsync(request);
        return (
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync());
    }

    public async Task<TestSocket> Connect(
        string? protocol = "graphql-transport-ws", params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        if (protocol is not null) socket.Options.AddSubProtocol(protocol);
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new Uri(WebSocketUrl), CancellationToken.None);
        return new TestSocket(socket);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
    }

    private static async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 1; i <= to; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return i;
            await Task.Yield();
        }
    }

    private static async IAsyncEnumerable<int> Forever(
        TestServer server, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            yield return 1;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            server.ForeverEnded.TrySetResult();
        }
    }

    private static async IAsyncEnumerable<int> UntilStop(TestServer server)
    {
        yield return 1;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = server.stopping.Register(stopped.SetResult);
        await stopped.Task;
        yield return 2;
    }

    private static async IAsyncEnumerable<int> Breaks()
    {
        yield return 1;
        await Task.Yield();
        throw new GraphQLException("The source broke.", "SOURCE");
    }
}

/// <summary>A socket that speaks raw messages, to see what clients hide.</summary>
internal sealed class TestSocket(ClientWebSocket socket) : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));

    public ClientWebSocket Socket { get; } = socket;

    public Task Send(string message, bool end = true) => Send(Encoding.UTF8.GetBytes(message), end);

    public Task Send(byte[] bytes, bool end) => Socket.SendAsync(bytes, WebSocketMessageType.Text, end, patience.Token);

    /// <summary>The next message, or the close code as text.</summary>
    public async Task<string> Receive()
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var read = await Socket.ReceiveAsync(
                new ArraySegment<byte>(buffer, length, buffer.Length - length), patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
                return ((int)Socket.CloseStatus!.Value).ToString();
            length += read.Count;
            if (read.EndOfMessage) return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    public async Task Init()
    {
        await Send("""{"type":"connection_init"}""");
        Assert.Equal("""{"type":"connection_ack"}""", await Receive());
    }

    public Task Subscribe(string id, string query) =>
        Send(
            JsonSerializer.Serialize(
                new
                {
                    id,
                    type = "subscribe",
                    payload = new { query },
                }));

    public void Dispose()
    {
        Socket.Dispose();
        patience.Dispose();
    }
}
