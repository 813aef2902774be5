using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Pages of other sites may make a browser send requests with the user's cookies. POST needs <c>application/json</c>,
/// which makes browsers ask first; what they send without asking they mark by Sec-Fetch-Site or Origin, and that is
/// refused here. Programs that are no browsers send neither.
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
