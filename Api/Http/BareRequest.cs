using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tributary.Api.Http;

/// <summary>A command without a body: its query parameters name the affected messages, calls or generations.</summary>
internal static class BareRequest
{
    /// <exception cref="TributaryException"><c>request_invalid</c>.</exception>
    public static void Check(HttpRequest request)
    {
        // A filter in the body would be ignored, and the command would change everything.
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            throw new TributaryException(
                "request_invalid", "Found a body; allowed: none. What is meant stands in the parameters of the query.");
    }
}
