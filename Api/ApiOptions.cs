using Tributary.Api.ConfiguredEndpoints;

namespace Tributary.Api;

/// <summary>The limits of the API. What happens when a limit is reached is said at each.</summary>
public sealed class ApiOptions
{
    /// <summary>The largest body of one message, in bytes; a larger one is refused with 413.</summary>
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Lines of one batch that are on their way at once; further ones wait in the connection.</summary>
    public int BatchWindowCount { get; set; } = 4_096;

    /// <summary>
    /// Bytes of lines of one batch that are on their way at once; further ones wait in the connection.
    /// </summary>
    public long BatchWindowBytes { get; set; } = 8 << 20;

    /// <summary>
    /// Bytes of results of one batch that wait for a client which sends everything before it reads; with more, the
    /// batch is read on only as results are taken.
    /// </summary>
    public int BatchResultBytes { get; set; } = 16 << 20;

    /// <summary>How long a batch may send nothing; then its connection is closed.</summary>
    public TimeSpan BatchIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Bytes of bodies in one page; a page that would hold more ends earlier when it is read by cursor.
    /// </summary>
    public long MaxPageBytes { get; set; } = 8 << 20;

    /// <summary>WebSocket pings are sent this often.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>A WebSocket that does not answer a ping for this long is aborted.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a subscriber that is too slow, or a server that stops, waits for the last frame to be taken.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest frame that a subscriber may send, in bytes; a larger one closes with 1009.</summary>
    public int MaxClientFrameBytes { get; set; } = 4_096;

    /// <summary>Keys that open the API; without any it is open to whoever reaches the address.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary>Names under which the server may be called, without ports; empty allows all.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Web origins whose pages may open the live feed, besides the server's own.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Ingestion routes of the configuration.</summary>
    public IReadOnlyList<EndpointDefinition> Endpoints { get; set; } = [];
}
