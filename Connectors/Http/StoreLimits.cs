using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Http;

/// <summary>
/// How long an exchange over HTTP may take. Beyond any of these limits the store counts as unavailable.
/// </summary>
/// <param name="Connect">For making a connection, with TLS.</param>
/// <param name="Answer">Until the headers of the answer arrive, redirects included.</param>
/// <param name="Idle">Between two reads of the body.</param>
/// <param name="Total">For the whole body, so that a slow trickle ends too.</param>
internal sealed record StoreLimits(TimeSpan Connect, TimeSpan Answer, TimeSpan Idle, TimeSpan Total)
{
    public static readonly string[] Keys = ["connect_seconds", "answer_seconds", "idle_seconds", "total_seconds"];

    public static StoreLimits Read(ConfigSection section) => new(
        section["connect_seconds"].Seconds(1, 600, 10),
        section["answer_seconds"].Seconds(1, 3600, 30),
        section["idle_seconds"].Seconds(1, 3600, 30),
        section["total_seconds"].Seconds(1, 86_400, 3600));
}
