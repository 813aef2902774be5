using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Api.Items;

/// <summary>An item as its grain knows it.</summary>
public sealed record ItemBody(
    string Id,
    long Messages,
    string Source,
    string MediaType,
    DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt,
    string LastMessage);

/// <summary>
/// <c>GET /items/{id}</c>: asks the grain, so that the answer holds every acknowledged message.
/// </summary>
internal sealed class GetItem(ApiNode node)
{
    private const string Segment = "/items/";

    public async Task InvokeAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        var id = IdOf(context);
        if (id.Length == 0
            || id.Contains('\0', StringComparison.Ordinal)
            || Encoding.UTF8.GetByteCount(id) > Identifiers.MaxBytes)
            throw Parameters.Invalid(
                "id", id, $"1 to {Identifiers.MaxBytes} bytes of UTF-8 without U+0000, percent-encoded");

        var item = await node.Grains.GetGrain<IItemGrain>(id).Read()
            ?? throw new TributaryException("item_not_found", $"There is no item '{id}'.");
        var body = new ItemBody(
            item.Id,
            item.Sequence,
            item.Source,
            item.MediaType,
            item.FirstReceivedAt,
            item.LastReceivedAt,
            item.LastMessage.ToString());
        await ApiJson.WriteAsync(context, body, ApiJson.Default.ItemBody);
    }

    /// <summary>The id from the request line, because the server's decoding of paths leaves %2F encoded.</summary>
    private static string IdOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        return Uri.UnescapeDataString(
            path[(path.IndexOf(Segment, StringComparison.OrdinalIgnoreCase) + Segment.Length)..]);
    }
}
