using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Http;

/// <summary>How long an exchange over HTTP may take. Beyond any of these the store counts as unavailable.</summary>
/// <param name="Connect">To make a connection, with TLS.</param>
/// <param name="Answer">Until the answer's headers are there, redirects included.</param>
/// <param name="Idle">Between two pieces of the body.</param>
/// <param name="Total">For the whole body, so that one that trickles comes to an end.</param>
internal sealed record StoreLimits(TimeSpan Connect, TimeSpan Answer, TimeSpan Idle, TimeSpan Total)
{
    public static readonly string[] Keys = ["connect_seconds", "answer_seconds", "idle_seconds", "total_seconds"];

    public static StoreLimits Read(ConfigSection section) => new(
        section["connect_seconds"].Seconds(1, 600, 10),
        section["answer_seconds"].Seconds(1, 3600, 30),
        section["idle_seconds"].Seconds(1, 3600, 30),
        section["total_seconds"].Seconds(1, 86_400, 3600));
}
