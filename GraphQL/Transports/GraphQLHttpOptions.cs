using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>How the engine is served over HTTP, server-sent events and WebSocket.</summary>
public sealed record GraphQLHttpOptions
{
    /// <summary>
    /// Makes what resolvers find in <c>ResolveContext.State</c>; called once per request, or per operation of a
    /// WebSocket.
    /// </summary>
    public Func<HttpContext, object?>? State { get; init; }

    /// <summary>
    /// A header that a page of another site can only send after a CORS preflight. Requests that a browser marks as
    /// coming from another site are refused with 403 unless they carry it.
    /// </summary>
    public string PreflightHeader { get; init; } = "GraphQL-Require-Preflight";

    /// <summary>
    /// Origins besides the server's own whose pages may send requests without that header and open WebSockets, such as
    /// <c>https://app.example.org</c>.
    /// </summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = [];

    /// <summary>Documents known by their SHA-256; null turns persisted documents off.</summary>
    public PersistedDocuments? Persisted { get; init; } = new();

    /// <summary>Serves the console page to browsers that open the path.</summary>
    public bool Console { get; init; } = true;

    /// <summary>
    /// Decides on a WebSocket's connection_init by its payload (undefined when there is none). False closes with 4403,
    /// an exception with 4500. Null lets everybody in.
    /// </summary>
    public Func<HttpContext, JsonElement, CancellationToken, ValueTask<bool>>? Connect { get; init; }

    /// <summary>How long a WebSocket may take to send connection_init. Over it: close code 4408.</summary>
    public TimeSpan ConnectionInitTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long <see cref="Connect"/> may take. Over it: close code 4504.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a client of a WebSocket or event stream may refuse to take a message. Over it: the connection is cut.
    /// </summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The server stops. WebSockets are closed with 1001 once their operations have ended, so sources of subscriptions
    /// should end by themselves when the server stops; those that have not within <see cref="StopTimeout"/> are cut
    /// off.
    /// </summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>How long the operations of a WebSocket may still run when the server stops.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a silent event stream sends a comment, so that proxies keep it open.</summary>
    public TimeSpan EventStreamKeepAlive { get; init; } = TimeSpan.FromSeconds(12);
}
