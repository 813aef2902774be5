using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.Api.Security;

namespace Tributary.Api.Http;

/// <summary>A request that changes something and says in its query's parameters what.</summary>
internal static class BareRequest
{
    /// <exception cref="TributaryException"><c>origin_not_allowed</c>, <c>request_invalid</c>.</exception>
    public static void Check(HttpRequest request, ApiOptions options)
    {
        // Browsers send such a request for any page: only the server's own pages and configured ones may.
        OriginCheck.Check(request, options.AllowedOrigins);
        // A filter that stands where it is not looked for would change everything.
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            throw new TributaryException("request_invalid", "Found a body; allowed: none. What is meant stands in the parameters of the query.");
    }
}
