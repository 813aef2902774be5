using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Storage.Failures;

namespace Tributary.Api.FailedCalls;

/// <summary><c>GET /failed-calls</c>: one-way calls whose turns threw, the newest first.</summary>
internal sealed class ListFailedCalls(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "limit", "after");
        var limit = parameters.Limit();
        var rows = await node.Failures.ReadFailuresAsync(AfterOf(parameters), limit + 1, context.RequestAborted);
        var page = new ListPage<FailureRow>(rows, limit);
        var body = new FailedCallList(
            [.. page.Rows.Select(FailedCallBody.Of)], page.Next(static row => row.Id.ToString()));
        await ApiJson.WriteAsync(context, body, ApiJson.Default.FailedCallList);
    }

    public static Guid? AfterOf(in Parameters parameters) =>
        parameters.After<Guid>(static text => Guid.TryParseExact(text, "D", out var id) ? id : null);
}
