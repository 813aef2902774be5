using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Refuses requests that a page of another site makes a browser send with the user's cookies. POST requires
/// <c>application/json</c>, for which a browser first sends a CORS preflight. A request that needs no preflight carries
/// Sec-Fetch-Site or Origin, which this guard checks. Programs other than browsers send neither header.
/// </summary>
internal static class CrossSiteGuard
{
    public static void Check(HttpRequest request, GraphQLHttpOptions options)
    {
        if (!IsCrossSite(request, options) || request.Headers.ContainsKey(options.PreflightHeader))
            return;
        throw new BadRequestException(
            403, $"A request from another site must carry the header {options.PreflightHeader}.");
    }

    public static bool IsCrossSite(HttpRequest request, GraphQLHttpOptions options)
    {
        if (request.Headers.Origin is [{ } known, ..] && options.AllowedOrigins.Contains(known)) return false;
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..]) return site is not ("same-origin" or "none");
        return request.Headers.Origin is [{ } origin, ..]
            && !(
                Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
