using Tributary.Api.GraphQL.Items;
using Tributary.Api.Processing;
using Tributary.GraphQL.Execution;
using Tributary.Storage.Records;

namespace Tributary.Api.GraphQL.Processing;

/// <summary><c>Item.records</c>: few reads of the store for the records of all items of a list.</summary>
internal sealed class ItemRecords(ApiNode node)
{
    /// <summary>The most records of one item.</summary>
    private const int MaxPerItemCount = 100;

    /// <summary>The items of one read. It is small because the size of records is known only after the read.</summary>
    private const int ReadItemsCount = 25;

    public async ValueTask<IReadOnlyList<RecordNode>> ReadAsync(ItemNode item, ResolveContext context)
    {
        var limits = (RequestLimits)context.State!;
        // The items of a list share the argument object of the field, so it identifies the batch.
        var records = await context
            .Batch<string, IReadOnlyList<RecordNode>>(context.Arguments, LoadAsync)
            .Load(item.ItemId)
            ?? throw limits.TooLarge();
        foreach (var record in records)
            limits.TryTake(record.Document.Length, isFirst: true);
        return records;
    }

    /// <summary>An item is missing when the answer has no room for its records.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<RecordNode>>> LoadAsync(
        IReadOnlyList<string> items, ResolveContext context)
    {
        IReadOnlyList<LivePlugin> plugins = context.Arguments.Get<string>("plugin") is { } name
            ? [LivePlugin.Named(name, node)]
            : node.LivePlugins();
        int[] generations = [.. plugins.Select(plugin => plugin.Generation)];
        var maxBytes = ((RequestLimits)context.State!).MaxAnswerBytes;
        var shown = new Dictionary<string, IReadOnlyList<RecordNode>>();
        var bytes = 0L;
        foreach (var chunk in items.Chunk(ReadItemsCount))
        {
            if (bytes > maxBytes)
                break;
            var found =
                generations.Length == 0
                    ? null
                    : await node.Records.FindRecordsAsync(
                        chunk, generations, MaxPerItemCount, context.CancellationToken);
            foreach (var item in chunk)
            {
                var records = found?.GetValueOrDefault(item) ?? [];
                bytes += records.Sum(record => (long)record.Json.Length);
                shown.Add(item, [.. plugins.SelectMany(plugin => Of(plugin, records))]);
            }
        }

        return shown;
    }

    private static IEnumerable<RecordNode> Of(LivePlugin plugin, IReadOnlyList<StoredRecord> records) =>
        records
            .Where(record => record.Generation == plugin.Generation)
            .Select(record => RecordNode.Of(record, plugin.Name));
}
