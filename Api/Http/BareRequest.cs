using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tributary.Api.Http;

/// <summary>A request that changes something and says in its query's parameters what.</summary>
internal static class BareRequest
{
    /// <exception cref="TributaryException"><c>request_invalid</c>.</exception>
    public static void Check(HttpRequest request)
    {
        // A filter that stands where it is not looked for would change everything.
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            throw new TributaryException(
                "request_invalid", "Found a body; allowed: none. What is meant stands in the parameters of the query.");
    }
}
