using Tributary.Api.ConfiguredEndpoints;

namespace Tributary.Api;

/// <summary>The limits of the API. Each says what happens when it is reached.</summary>
public sealed class ApiOptions
{
    /// <summary>The largest body of one message, in bytes; a larger one is refused with 413.</summary>
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>The most lines of one batch under way at once; further lines wait in the connection.</summary>
    public int BatchWindowCount { get; set; } = 4_096;

    /// <summary>
    /// The most bytes of lines of one batch under way at once; further lines wait in the connection.
    /// </summary>
    public long BatchWindowBytes { get; set; } = 8 << 20;

    /// <summary>
    /// The most bytes of results that wait for a client which sends its whole batch before it reads. Beyond that, the
    /// server reads on only as the client takes results.
    /// </summary>
    public int BatchResultBytes { get; set; } = 16 << 20;

    /// <summary>How long a batch may pause; then the server closes its connection.</summary>
    public TimeSpan BatchIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The most bytes of bodies in one page; a page that is read by cursor ends earlier instead of holding more.
    /// </summary>
    public long MaxPageBytes { get; set; } = 8 << 20;

    /// <summary>The interval of WebSocket pings.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>A WebSocket that does not answer a ping for this long is aborted.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the server waits until a slow subscriber, or any subscriber at a stop, takes its last frame.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest frame that a subscriber may send, in bytes; a larger one closes with 1009.</summary>
    public int MaxClientFrameBytes { get; set; } = 4_096;

    /// <summary>The keys of the API; without keys the API is open to everybody who reaches its address.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary>
    /// Host names, without ports, that callers may use. Empty: every name in a server with keys; else addresses and
    /// names without a dot.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Web origins whose pages may call the server, besides its own pages.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Ingestion routes of the configuration.</summary>
    public IReadOnlyList<EndpointDefinition> Endpoints { get; set; } = [];
}
