using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.Http;
using Tributary.Api.Json;

namespace Tributary.Api.HeldWork;

/// <summary>
/// <c>GET /held</c>: work that this build cannot make, counted by type and reason, and listed by grain.
/// </summary>
internal sealed class ListHeldWork(ApiNode node)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public async Task InvokeAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "limit", "after");
        var limit = (int)Math.Min(MaxLimit, parameters.Number("limit", 1, int.MaxValue) ?? DefaultLimit);
        var after = parameters.Text("after") is { } text ? GrainOf(text) : (RoundGrainId?)null;
        var counts = await node.Held.CountAsync(context.RequestAborted);
        var grains = await node.Held.ReadGrainsAsync(after, limit + 1, context.RequestAborted);
        var body = new HeldList(
            [.. counts.Select(count =>
                new HeldCountBody(count.Type, count.Code, count.CallsCount, count.RemindersCount))],
            [.. grains.Take(limit).Select(HeldGrainBody.Of)],
            grains.Count > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(TextOf(grains[limit - 1].Grain)))
                : null);
        await ApiJson.WriteAsync(context, body, ApiJson.Default.HeldList);
    }

    /// <summary>A grain as the key of a cursor.</summary>
    public static string TextOf(RoundGrainId grain) =>
        JsonSerializer.Serialize([grain.Type, grain.Key], CursorKeyJson.Default.StringArray);

    /// <summary>The grain of a cursor's key, or null.</summary>
    public static RoundGrainId? Read(string key)
    {
        try
        {
            return JsonSerializer.Deserialize(key, CursorKeyJson.Default.StringArray) is [{ } type, { } name]
                ? new RoundGrainId(type, name) : null;
        }
        catch (JsonException)
        {
            // A caller may send any text; text that is no key names no grain.
            return null;
        }
    }

    private static RoundGrainId GrainOf(string text) =>
        (Base64Url.IsValid(text) ? Read(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text))) : null)
        ?? throw Parameters.Invalid("after", text, "the next of an earlier answer");
}
