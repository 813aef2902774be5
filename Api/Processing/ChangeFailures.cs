using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.Api.Json;
using Tributary.Api.Security;
using Tributary.Grains;
using Tributary.Runtime.Store;

namespace Tributary.Api.Processing;

/// <summary><c>POST /failures/retry</c> and <c>POST /failures/park</c>: many at once, each message once however often it is asked for.</summary>
internal sealed class ChangeFailures(ApiOptions options, Func<PartFilter, PartMark?, CancellationToken, ValueTask<BulkChange>> change)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // A request without a body needs no leave of a browser: another page must not be able to make it.
        OriginCheck.Check(context.Request, options.AllowedOrigins);
        // A filter that stands where it is not looked for would change everything.
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            throw new TributaryException("request_invalid", "Found a body; allowed: none. What is meant stands in the parameters of the query.");
        var parameters = new FailureParameters(context.Request);
        var done = await change(parameters.Filter, parameters.After, context.RequestAborted);
        var body = new FailureChangeBody(done.MatchedCount, done.ChangedCount, done.Next is { } next ? FailureParameters.TextOf(next) : null);
        await ApiJson.WriteAsync(context, body, ApiJson.Default.FailureChangeBody);
    }
}
