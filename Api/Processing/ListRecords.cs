using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Storage.Records;

namespace Tributary.Api.Processing;

/// <summary>A record: a document that a plugin made for an item.</summary>
public sealed record RecordBody(
    string Item,
    [property: Description("Tells it from others that the plugin made of the item; mostly empty.")] string Key,
    [property: Description("The id of the message that it was made of.")] string Message,
    RawJson Document);

/// <param name="Next">Give it as after to go on; null at the end.</param>
public sealed record RecordList(string Plugin, IReadOnlyList<RecordBody> Records, string? Next);

/// <summary><c>GET /records/{plugin}</c>: the records of one plugin, by item, then key.</summary>
internal sealed class ListRecords(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var plugin = LivePlugin.Named((string)context.Request.RouteValues["plugin"]!, node);
        var parameters = new Parameters(context.Request, "item", "limit", "after");
        var limit = parameters.Limit();
        var after = parameters.After(
            static text => OpaqueText.Read(text) is { } mark ? RecordMarkText.Read(mark) : null);
        var query = new RecordQuery(
            plugin.Generation, parameters.Text("item") is { } item ? [item] : null, null, after, limit, limit + 1);
        var page = await node.Records.ReadRecordsAsync(query, context.RequestAborted);
        var records = page
            .Records.Select(record => new RecordBody(
                record.Item, record.Key, record.Message.Id.ToString(), new RawJson(record.Json)))
            .ToList();
        await ApiJson.WriteAsync(
            context,
            new RecordList(
                plugin.Name,
                records,
                page.IsComplete || page.ScannedTo is not { } mark ? null : OpaqueText.Of(RecordMarkText.Of(mark))),
            ApiJson.Default.RecordList);
    }
}
