using Microsoft.AspNetCore.Http;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Storage.Held;

namespace Tributary.Api.HeldWork;

/// <summary>
/// <c>GET /held</c>: work that this build cannot make, counted by type and reason, and listed by grain.
/// </summary>
internal sealed class ListHeldWork(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "limit", "after");
        var limit = parameters.Limit();
        var after = parameters.After(static text => OpaqueText.Read(text) is { } key ? Read(key) : null);
        var counts = await node.Held.CountAsync(context.RequestAborted);
        var grains = await node.Held.ReadGrainsAsync(after, limit + 1, context.RequestAborted);
        var page = new ListPage<HeldGrain>(grains, limit);
        var body = new HeldList(
            [.. counts.Select(count =>
                new HeldCountBody(count.Type, count.Code, count.CallsCount, count.RemindersCount))],
            [.. page.Rows.Select(HeldGrainBody.Of)],
            page.Next(static row => OpaqueText.Of(TextOf(row.Grain))));
        await ApiJson.WriteAsync(context, body, ApiJson.Default.HeldList);
    }

    /// <summary>A grain as the key of a cursor.</summary>
    public static string TextOf(RoundGrainId grain) => CursorKey.Of(grain.Type, grain.Key);

    /// <summary>The grain of a cursor's key, or null.</summary>
    public static RoundGrainId? Read(string key) =>
        CursorKey.Read(key) is [{ } type, { } name] ? new RoundGrainId(type, name) : null;
}
