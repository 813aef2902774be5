using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Tributary.Api.Security;

/// <summary>
/// The headers that pages of configured origins may send and read (CORS). Keys are headers; the server uses no cookies.
/// </summary>
internal static class CrossOriginPolicy
{
    /// <summary>How long a browser may remember the answer to a preflight.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT"];

    private static readonly string[] Sent =
    [
        "Accept", "Authorization", "Content-Type", "GraphQL-Require-Preflight", "Idempotency-Key", "Last-Event-ID",
        "X-Api-Key",
    ];

    private static readonly string[] Read = ["Allow", "Retry-After"];

    public static CorsPolicy Of(IReadOnlyList<string> origins) => new CorsPolicyBuilder([.. origins])
        .WithMethods(Methods).WithHeaders(Sent).WithExposedHeaders(Read).SetPreflightMaxAge(PreflightMaxAge).Build();
}
