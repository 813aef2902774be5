using Microsoft.AspNetCore.Http;
using Tributary.Api.Json;

namespace Tributary.Api.Processing;

/// <summary><c>GET /failures</c>: failures, in the order in which their messages were accepted.</summary>
internal sealed class ListFailures(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var parameters = new FailureParameters(context.Request, "limit");
        var limit = parameters.Limit();
        var page = await node.Failures.ReadPartsAsync(
            parameters.Filter, parameters.After, limit, context.RequestAborted);
        var next = page.IsComplete ? null : page.ScannedTo;
        await ApiJson.WriteAsync(
            context,
            new FailureList(
                [.. page.Parts.Select(FailureBody.Of)], next is { } mark ? FailureParameters.TextOf(mark) : null),
            ApiJson.Default.FailureList);
    }
}
