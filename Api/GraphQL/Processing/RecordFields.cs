using System.Text.Json;
using Tributary.Api.Processing;
using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Runtime.Store;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>Records: what one plugin made of all items, or all plugins of one.</summary>
internal sealed class RecordFields(ApiNode node)
{
    /// <summary>The most records that are shown with their item.</summary>
    private const int MaxPerItemCount = 100;

    private const string CursorKind = "records";

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query").Ask("records", (_, context) => ListAsync(context));
        bindings.Object<RecordNode>("Record").Batch<MessageId, MessageNode>("message", record => record.Message, MessagesAsync);
        bindings.Object<Connection<RecordNode>>("RecordConnection");
        bindings.Object<Edge<RecordNode>>("RecordEdge");
    }

    /// <summary>The records of one item, by the plugins' names.</summary>
    public async ValueTask<IReadOnlyList<RecordNode>> OfItemAsync(string item, string? plugin, CancellationToken cancellation)
    {
        IReadOnlyList<LivePlugin> plugins = plugin is null ? node.LivePlugins() : [Named(plugin)];
        if (plugins.Count == 0)
            return [];
        var found = await node.Processing.FindRecordsAsync([item], [.. plugins.Select(one => one.Generation)], MaxPerItemCount, cancellation);
        return found.TryGetValue(item, out var records)
            ? plugins.SelectMany(one => records.Where(record => record.Generation == one.Generation).Select(record => RecordNode.Of(record, one.Name))).ToList()
            : [];
    }

    private async ValueTask<Connection<RecordNode>> ListAsync(ResolveContext context)
    {
        var arguments = context.Arguments;
        var page = PageArguments.Of(arguments);
        var plugin = Named(arguments.Get<string>("plugin")!);
        var filter = arguments.Get<InputObject>("filter");
        var query = new RecordQuery(
            plugin.Generation, filter is null ? null : FilterReader.Texts(filter, "item"), FilterReader.ReadBody(filter?.Get<InputObject>("document")),
            page.After is { } cursor ? MarkOf(cursor) : null, page.Count + 1, RequestLimits.MaxScanCount);
        var limits = (RequestLimits)context.State!;
        var found = query.Document is null
            ? await node.Processing.ReadRecordsAsync(query, context.CancellationToken)
            : await limits.SearchAsync(
                async left =>
                {
                    var records = await node.Processing.ReadRecordsAsync(query with { MaxScanCount = left }, context.CancellationToken);
                    return (records, records.ScannedCount);
                },
                context.CancellationToken);
        return PageOf(page, plugin.Name, query, found, limits);
    }

    private static Connection<RecordNode> PageOf(PageArguments page, string plugin, RecordQuery query, RecordPage found, RequestLimits limits)
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
        var end = !isCut && !found.IsComplete && found.ScannedTo is { } mark ? CursorOf(mark) : shown.Count > 0 ? CursorAt(shown.Count - 1) : page.After;
        var start = shown.Count > 0 ? CursorAt(0) : null;
        return new Connection<RecordNode>(
            [.. shown.Select(record => RecordNode.Of(record, plugin))],
            CursorAt,
            new PageInfo(isCut || !found.IsComplete, page.After is not null, start, end, query.Document is null ? null : found.ScannedCount));
    }

    private LivePlugin Named(string name)
    {
        var plugins = node.LivePlugins();
        return plugins.FirstOrDefault(plugin => plugin.Name == name)
            ?? throw Resolving.Invalid($"There is no plugin '{name}'; there are: {(plugins.Count == 0 ? "none" : string.Join(", ", plugins.Select(plugin => plugin.Name)))}.");
    }

    private async Task<IReadOnlyDictionary<MessageId, MessageNode>> MessagesAsync(IReadOnlyList<MessageId> ids, ResolveContext context)
    {
        var found = await node.Queries.FindMessagesAsync(ids, context.CancellationToken);
        return found.ToDictionary(message => message.Key, message => new MessageNode(message.Value, node.History));
    }

    private static string CursorOf(RecordMark mark) => GlobalId.Of(CursorKind, JsonSerializer.Serialize([mark.Item, mark.Key], CursorKeyJson.Default.StringArray));

    private static RecordMark MarkOf(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize(GlobalId.KeyOfCursor(CursorKind, cursor), CursorKeyJson.Default.StringArray) is [{ } item, { } key]
                ? new RecordMark(item, key)
                : throw GlobalId.CursorInvalid(cursor);
        }
        catch (JsonException)
        {
            throw GlobalId.CursorInvalid(cursor);
        }
    }
}

/// <summary>A record as the schema shows it.</summary>
internal sealed record RecordNode(string Plugin, string ItemId, string Key, MessageId Message, ReadOnlyMemory<byte> Document)
{
    public string MessageId => Message.ToString();

    public static RecordNode Of(StoredRecord record, string plugin) => new(plugin, record.Item, record.Key, record.Message.Id, record.Json);
}
