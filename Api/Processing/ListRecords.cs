using System.Buffers.Text;
using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tributary.Api.GraphQL.Paging;
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
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public async Task InvokeAsync(HttpContext context)
    {
        var plugin = LivePlugin.Named((string)context.Request.RouteValues["plugin"]!, node);
        var parameters = new Parameters(context.Request, "item", "limit", "after");
        var limit = (int)Math.Min(MaxLimit, parameters.Number("limit", 1, int.MaxValue) ?? DefaultLimit);
        var query = new RecordQuery(
            plugin.Generation, parameters.Text("item") is { } item ? [item] : null, null, AfterOf(parameters), limit,
            limit + 1);
        var page = await node.Records.ReadRecordsAsync(query, context.RequestAborted);
        var records = page
            .Records.Select(record => new RecordBody(
                record.Item, record.Key, record.Message.Id.ToString(), new RawJson(record.Json)))
            .ToList();
        await ApiJson.WriteAsync(
            context,
            new RecordList(
                plugin.Name, records, page.IsComplete || page.ScannedTo is not { } mark ? null : TextOf(mark)),
            ApiJson.Default.RecordList);
    }

    private static string TextOf(RecordMark mark) =>
        Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes([mark.Item, mark.Key], CursorKeyJson.Default.StringArray));

    private static RecordMark? AfterOf(in Parameters parameters)
    {
        if (parameters.Text("after") is not { } text)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), CursorKeyJson.Default.StringArray)
                is [{ } item, { } key])
                return new RecordMark(item, key);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw Parameters.Invalid("after", text, "the next of an earlier answer");
        }

        throw Parameters.Invalid("after", text, "the next of an earlier answer");
    }
}
