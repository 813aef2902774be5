using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Pipeline.Processing;
using Tributary.Storage.Failures;

namespace Tributary.Api.Processing;

/// <summary>
/// <c>POST /failures/retry</c> and <c>POST /failures/park</c>: changes many failures. Each message changes
/// once, however many requests ask.
/// </summary>
internal sealed class ChangeFailures(Func<PartFilter, PartMark?, CancellationToken, ValueTask<BulkChange>> change)
{
    public async Task InvokeAsync(HttpContext context)
    {
        BareRequest.Check(context.Request);
        var parameters = new FailureParameters(context.Request);
        var done = await change(parameters.Filter, parameters.After, context.RequestAborted);
        var body = new FailureChangeBody(
            done.MatchedCount, done.ChangedCount, done.Next is { } next ? FailureParameters.TextOf(next) : null);
        await ApiJson.WriteAsync(context, body, ApiJson.Default.FailureChangeBody);
    }
}
