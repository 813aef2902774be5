using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;

namespace Tributary.Api.FailedCalls;

/// <summary>
/// <c>POST /failed-calls/{id}/retry</c> and <c>POST /failed-calls/retry</c>: each call is made once, however many
/// requests ask at once.
/// </summary>
internal sealed class RetryFailedCalls(ApiNode node)
{
    private readonly FailedCallRetries calls = new(node);

    public async Task OneAsync(HttpContext context)
    {
        BareRequest.Check(context.Request);
        _ = new Parameters(context.Request);
        var text = (string)context.Request.RouteValues["id"]!;
        var id = Guid.TryParseExact(text, "D", out var parsed) ? parsed
            : throw Parameters.Invalid("id", text, "the id of a failed call");
        await ApiJson.WriteAsync(context, AgainBody.Of(await calls.RetryAsync(id)), ApiJson.Default.AgainBody);
    }

    public async Task AllAsync(HttpContext context)
    {
        BareRequest.Check(context.Request);
        var after = ListFailedCalls.AfterOf(new Parameters(context.Request, "after"));
        var change = await calls.RetryAllAsync(after, context.RequestAborted);
        await ApiJson.WriteAsync(context, FailedCallsChangeBody.Of(change), ApiJson.Default.FailedCallsChangeBody);
    }
}
