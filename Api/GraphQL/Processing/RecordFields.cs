using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.Processing;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Storage.Records;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>Reads of records: those of one plugin for all items, or of all plugins for one item.</summary>
internal sealed class RecordFields(ApiNode node, MessageLookup lookup)
{
    private const string CursorKind = "records";

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query").Ask("records", (_, context) => ListAsync(context));
        bindings
            .Object<RecordNode>("Record")
            .Batch<MessageId, MessageNode>("message", record => record.Message, lookup.FindAsync);
        bindings.Object<Connection<RecordNode>>("RecordConnection");
        bindings.Object<Edge<RecordNode>>("RecordEdge");
    }

    private async ValueTask<Connection<RecordNode>> ListAsync(ResolveContext context)
    {
        var arguments = context.Arguments;
        var page = PageArguments.Of(arguments);
        var plugin = LivePlugin.Named(arguments.Get<string>("plugin")!, node);
        var filter = arguments.Get<InputObject>("filter");
        var query = new RecordQuery(
            plugin.Generation,
            filter is null ? null : FilterReader.Texts(filter, "item"),
            FilterReader.ReadBody(filter?.Get<InputObject>("document")),
            page.After is { } cursor ? MarkOf(cursor) : null,
            page.Count + 1,
            RequestLimits.MaxScanCount);
        var limits = (RequestLimits)context.State!;
        var found = query.Document is null
            ? await node.Records.ReadRecordsAsync(query, context.CancellationToken)
            : await limits.SearchAsync(
                async left =>
                {
                    var records = await node.Records.ReadRecordsAsync(
                        query with
                        {
                            MaxScanCount = left,
                        },
                        context.CancellationToken);
                    return (records, records.ScannedCount);
                },
                context.CancellationToken);
        return PageOf(page, plugin.Name, query, found, limits);
    }

    private static Connection<RecordNode> PageOf(
        PageArguments page, string plugin, RecordQuery query, RecordPage found, RequestLimits limits)
    {
        var shown = new List<StoredRecord>();
        foreach (var record in found.Records.Take(page.Count))
        {
            if (!limits.TryTake(record.Json.Length, isFirst: shown.Count == 0))
                break;
            shown.Add(record);
        }

        string CursorAt(int at) => CursorOf(new RecordMark(shown[at].Item, shown[at].Key));
        var isCut = shown.Count < found.Records.Count;
        var end =
            !isCut && !found.IsComplete && found.ScannedTo is { } mark ? CursorOf(mark)
            : shown.Count > 0 ? CursorAt(shown.Count - 1)
            : page.After;
        var start = shown.Count > 0 ? CursorAt(0) : null;
        return new Connection<RecordNode>(
            [.. shown.Select(record => RecordNode.Of(record, plugin))],
            CursorAt,
            new PageInfo(
                isCut || !found.IsComplete, page.After is not null, start, end,
                query.Document is null ? null : found.ScannedCount));
    }

    private static string CursorOf(RecordMark mark) => GlobalId.Of(CursorKind, RecordMarkText.Of(mark));

    private static RecordMark MarkOf(string cursor) =>
        RecordMarkText.Read(GlobalId.KeyOfCursor(CursorKind, cursor)) ?? throw GlobalId.CursorInvalid(cursor);
}

/// <summary>A record as the schema shows it.</summary>
internal sealed record RecordNode(
    string Plugin, string ItemId, string Key, MessageId Message, ReadOnlyMemory<byte> Document)
{
    public string MessageId => Message.ToString();

    public static RecordNode Of(StoredRecord record, string plugin) =>
        new(plugin, record.Item, record.Key, record.Message.Id, record.Json);
}
