using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;

namespace Tributary.Api.FailedCalls;

/// <summary><c>GET /failed-calls</c>: one-way calls whose turns threw, the newest first.</summary>
internal sealed class ListFailedCalls(ApiNode node)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public async Task InvokeAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "limit", "after");
        var limit = (int)Math.Min(MaxLimit, parameters.Number("limit", 1, int.MaxValue) ?? DefaultLimit);
        var rows = await node.Failures.ReadFailuresAsync(AfterOf(parameters), limit + 1, context.RequestAborted);
        var next = rows.Count > limit ? rows[limit - 1].Id.ToString() : null;
        await ApiJson.WriteAsync(
            context, new FailedCallList(
                [.. rows.Take(limit).Select(FailedCallBody.Of)], next), ApiJson.Default.FailedCallList);
    }

    public static Guid? AfterOf(Parameters parameters) => parameters.Text("after") is not { } text ? null
        : Guid.TryParseExact(text, "D", out var id) ? id
        : throw Parameters.Invalid("after", text, "the next of an earlier answer");
}
