using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// One connection: a loop that reads messages, and a task per operation. Only the loop changes the state of the
/// connection; messages go out one at a time. After a client's <c>complete</c> nothing more is sent for that operation:
/// each send checks this while it holds the right to send.
/// </summary>
internal sealed class WebSocketConnection(
    WebSocket socket, HttpContext http, GraphQLEngine engine, GraphQLHttpOptions options) : IAsyncDisposable
{
    /// <summary>How long the client has for the closing handshake.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly SocketReader reader = new(socket, engine.Options.MaxRequestBytes);
    private readonly SocketWriter writer = new(socket, options.SendTimeout);
    private readonly Dictionary<string, WebSocketOperation> operations = [];
    private readonly HashSet<WebSocketOperation> running = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(
        http.RequestAborted);
    private CancellationTokenSource? initTimer;
    private Task leaving = Task.CompletedTask;
    private bool initialised;
    private bool acknowledged;

    public async Task Run()
    {
        var stop = options.Stopping.UnsafeRegister(static self => ((WebSocketConnection)self!).BeginLeaving(), this);
        try
        {
            initTimer = new CancellationTokenSource(options.ConnectionInitTimeout, engine.Options.Time);
            while (true)
            {
                var (message, isText) = await ReadMessage();
                if (message is null) break;
                using (message)
                {
                    if (isText) await Handle(message.RootElement);
                    else await HandleUnreadable(new UnreadableMessage(message.RootElement));
                }
            }
            await writer.Close((int)WebSocketCloseStatus.NormalClosure, "");
        }
        catch (CloseException end)
        {
            await Close(end);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
        catch (Exception failure)
        {
            engine.Options.OnResolverFailure?.Invoke(failure);
            await Close(new CloseException(CloseCode.InternalError, "Internal server error"));
        }
        finally
        {
            await EndOperations();
            await stop.DisposeAsync();
            await leaving;
        }
    }

    private void BeginLeaving() => leaving = Task.Run(Leave, CancellationToken.None);

    /// <summary>
    /// Ends the connection when the server stops: the operations send their last results, then the client
    /// gets the close frame. The client's close frame ends the reading loop; without it the connection is
    /// cut, which also ends pending sends.
    /// </summary>
    private async Task Leave()
    {
        using var limit = new CancellationTokenSource(options.StopTimeout, engine.Options.Time);
        try
        {
            await Running().WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The operations have had their time.
        }
        ended.CancelAfter(CloseTimeout);
        await writer.Close((int)WebSocketCloseStatus.EndpointUnavailable, "The server stops");
    }

    /// <summary>
    /// Sends the close frame and gives the client time to answer it, so that the connection is not
    /// reset while the frame is on its way.
    /// </summary>
    public async Task Close(CloseException end)
    {
        await writer.Close(end.Code, end.Message);
        using var limit = new CancellationTokenSource(CloseTimeout, engine.Options.Time);
        try
        {
            await reader.Drain(limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    public ValueTask DisposeAsync()
    {
        initTimer?.Dispose();
        ended.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The next message; null when the client closed. Before connection_init the wait has a time limit. The receive
    /// itself goes on, so that the socket stays usable for the close.
    /// </summary>
    private async Task<(JsonDocument? Message, bool IsText)> ReadMessage()
    {
        var read = reader.Read(ended.Token);
        if (!initialised)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(initTimer!.Token, ended.Token);
            try
            {
                await read.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (initTimer.IsCancellationRequested)
            {
                throw new CloseException(CloseCode.ConnectionInitTimeout, "Connection initialisation timeout");
            }
        }
        if (await read is not { } bytes) return default;
        try
        {
            return (RequestParser.Parse(bytes, out var hasLoneSurrogates), !hasLoneSurrogates);
        }
        catch (BadRequestException)
        {
            throw new CloseException(CloseCode.InvalidMessage, "A message is a JSON object");
        }
    }

    private async Task Handle(JsonElement message)
    {
        var type =
            message.ValueKind == JsonValueKind.Object
            && message.TryGetProperty("type", out var t)
            && t.ValueKind == JsonValueKind.String
                ? t.GetString()
                : null;
        JsonElement? payload = null;
        if (type is not null
            && message.TryGetProperty("payload", out var given)
            && given.ValueKind != JsonValueKind.Null)
            payload = given;
        if (type is not ("subscribe" or "complete") && payload is { ValueKind: not JsonValueKind.Object })
            throw new CloseException(CloseCode.InvalidMessage, "A payload is a JSON object");
        switch (type)
        {
            case "connection_init": await Initialise(payload ?? default); break;
            case "ping": await writer.Send("pong", null, payload, ended.Token); break;
            case "pong": break;
            case "subscribe": Subscribe(Id(message), payload); break;
            case "complete": CompletedByClient(Id(message)); break;
            default: throw new CloseException(CloseCode.InvalidMessage, "Unknown message type");
        }
    }

    /// <summary>
    /// Answers a message with a string that cannot be decoded: an operation is refused under its own id, and the other
    /// operations of the connection go on.
    /// </summary>
    private async Task HandleUnreadable(UnreadableMessage message)
    {
        switch (message.Type)
        {
            case "connection_init": await Initialise(default); break;
            case "ping": await writer.SendRaw("pong", null, message.RawPayload, ended.Token); break;
            case "pong": break;
            case "subscribe":
                if (!acknowledged) throw new CloseException(CloseCode.Unauthorized, "Unauthorized");
                if (message.RawId is not { } raw)
                    throw new CloseException(CloseCode.InvalidMessage, "A message of this type has an id");
                lock (gate)
                {
                    if (message.Id is { } id && operations.ContainsKey(id))
                        throw new CloseException(CloseCode.SubscriberExists, "Subscriber exists already");
                }
                await writer.SendRaw("error", raw, UnreadableMessage.Refusal, ended.Token);
                break;
            case "complete":
                if (message.Id is { } completed) CompletedByClient(completed);
                break;
            default: throw new CloseException(CloseCode.InvalidMessage, "Unknown message type");
        }
    }

    private static string Id(JsonElement message) =>
        message.TryGetProperty("id", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.GetString() is { Length: > 0 } text
            ? text
            : throw new CloseException(CloseCode.InvalidMessage, "A message of this type has an id");

    private async Task Initialise(JsonElement payload)
    {
        if (initialised) throw new CloseException(CloseCode.TooManyInits, "Too many initialisation requests");
        initialised = true;
        using var limit = new CancellationTokenSource(options.ConnectTimeout, engine.Options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ended.Token);
        bool allowed;
        try
        {
            allowed =
                options.Connect is null
                || await options.Connect(http, payload, both.Token).AsTask().WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new CloseException(CloseCode.AcknowledgementTimeout, "Connection acknowledgement timeout");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            engine.Options.OnResolverFailure?.Invoke(failure);
            throw new CloseException(CloseCode.InternalError, "Internal server error");
        }
        if (!allowed) throw new CloseException(CloseCode.Forbidden, "Forbidden");
        acknowledged = true;
        await writer.Send("connection_ack", null, null, ended.Token);
    }

    private void Subscribe(string id, JsonElement? payload)
    {
        if (!acknowledged)
            throw new CloseException(CloseCode.Unauthorized, "Unauthorized");
        if (payload is not { ValueKind: JsonValueKind.Object } parameters)
            throw new CloseException(CloseCode.InvalidMessage, "A subscribe message has a payload");
        GraphQLRequest? request = null;
        GraphQLError? refused = null;
        try
        {
            // The memory of the message ends with its handling, so the parameters are copied.
            request = RequestParser.FromJson(parameters.Clone(), options.Persisted) with
            {
                State = options.State?.Invoke(http),
            };
        }
        catch (BadRequestException problem)
            when (problem.Error.Code is ErrorCodes.PersistedNotFound or ErrorCodes.PersistedOnly)
        {
            refused = problem.Error;
        }
        catch (BadRequestException problem)
        {
            throw new CloseException(CloseCode.InvalidMessage, problem.Message);
        }
        var operation = new WebSocketOperation(id, ended.Token);
        lock (gate)
        {
            if (operations.ContainsKey(id))
                throw new CloseException(CloseCode.SubscriberExists, "Subscriber exists already");
            if (operations.Count >= engine.Options.MaxSubscriptionsPerConnection)
            {
                refused = new GraphQLError(
                    $"The connection has {operations.Count} operations already; the limit is "
                    + $"{engine.Options.MaxSubscriptionsPerConnection}.", Code: ErrorCodes.Limit);
            }
            operations[id] = operation;
            // Serve yields at once. It starts under the lock, so that a wait for all
            // running operations includes this one.
            operation.Task = Serve(operation, request, refused);
            running.Add(operation);
        }
    }

    /// <summary>
    /// Runs one operation to its end. An exception ends the connection, because a silent operation would
    /// leave its client waiting for ever.
    /// </summary>
    private async Task Serve(WebSocketOperation operation, GraphQLRequest? request, GraphQLError? refused)
    {
        await Task.Yield();
        try
        {
            if (refused is not null)
            {
                await SendLast(operation, refused);
                return;
            }
            await foreach (var result in engine.SubscribeAsync(request!, operation.Token))
            {
                if (!result.HasData)
                {
                    await SendLast(operation, [.. result.Errors]);
                    return;
                }
                await writer.SendNext(operation, result, ended.Token);
            }
            Free(operation);
            await writer.SendComplete(operation, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The client completed the operation, or the connection has ended: nobody waits for a message.
        }
        catch (WebSocketException)
        {
            socket.Abort();
        }
        catch (Exception failure)
        {
            engine.Options.OnResolverFailure?.Invoke(failure);
            await writer.Close(CloseCode.InternalError, "Internal server error");
        }
        finally
        {
            Free(operation);
            lock (gate) running.Remove(operation);
            operation.Dispose();
        }
    }

    private async Task SendLast(WebSocketOperation operation, params GraphQLError[] errors)
    {
        Free(operation);
        await writer.SendErrors(operation, errors, ended.Token);
    }

    /// <summary>Makes the id available again.</summary>
    private void Free(WebSocketOperation operation)
    {
        lock (gate)
        {
            if (operations.TryGetValue(operation.Id, out var known) && ReferenceEquals(known, operation))
                operations.Remove(operation.Id);
        }
    }

    private void CompletedByClient(string id)
    {
        WebSocketOperation? operation;
        lock (gate) operations.Remove(id, out operation);
        operation?.Cancel();
    }

    private async Task EndOperations()
    {
        await ended.CancelAsync();
        await Running();
    }

    private Task Running()
    {
        lock (gate) return Task.WhenAll(running.Select(o => o.Task));
    }
}
