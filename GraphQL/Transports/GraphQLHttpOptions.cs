using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>Options of GraphQL over HTTP, server-sent events and WebSocket.</summary>
public sealed record GraphQLHttpOptions
{
    /// <summary>
    /// Creates the value of <c>ResolveContext.State</c>; called once per request, or per operation of a WebSocket.
    /// </summary>
    public Func<HttpContext, object?>? State { get; init; }

    /// <summary>
    /// A header that a page of another site can send only after a CORS preflight. A request that a browser marks as
    /// cross-site is refused with 403 unless it carries this header.
    /// </summary>
    public string PreflightHeader { get; init; } = "GraphQL-Require-Preflight";

    /// <summary>
    /// Origins in addition to the server's own whose pages may send requests without that header and open WebSockets,
    /// such as <c>https://app.example.org</c>.
    /// </summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = [];

    /// <summary>Documents known by their SHA-256; null turns persisted documents off.</summary>
    public PersistedDocuments? Persisted { get; init; } = new();

    /// <summary>Serves the console page to browsers that open the path.</summary>
    public bool Console { get; init; } = true;

    /// <summary>
    /// Decides on a WebSocket's connection_init, given its payload (undefined when there is none). False closes with
    /// 4403, an exception with 4500. Null accepts every connection.
    /// </summary>
    public Func<HttpContext, JsonElement, CancellationToken, ValueTask<bool>>? Connect { get; init; }

    /// <summary>How long a WebSocket may take to send connection_init. Over it: close code 4408.</summary>
    public TimeSpan ConnectionInitTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long <see cref="Connect"/> may take. Over it: close code 4504.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a client of a WebSocket or event stream may leave a message unread. Over it: the connection is cut.
    /// </summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Cancelled when the server stops. A WebSocket closes with 1001 once its operations have ended, so sources of
    /// subscriptions should end by themselves when the server stops. Operations that still run after
    /// <see cref="StopTimeout"/> are cut off.
    /// </summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>How long the operations of a WebSocket may go on after the server began to stop.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a silent event stream sends a comment, so that proxies keep it open.</summary>
    public TimeSpan EventStreamKeepAlive { get; init; } = TimeSpan.FromSeconds(12);
}
