using System.Text;
using Tributary.Api.GraphQL.Items;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// Tells whether an item changed since the last look, for processes that get no reports of changes. Compares its
/// messages, its failures and its records.
/// </summary>
internal sealed class ItemMarks(ApiNode node)
{
    /// <summary>The most records to compare.</summary>
    private const int MaxRecordsCount = 100;

    public async ValueTask<string> OfAsync(ItemNode item, CancellationToken cancellation)
    {
        // What is read later than the item may be newer. The count of its unfinished messages is the item's own, so
        // that the mark of an item that was read too early differs from the next.
        var mark = new StringBuilder().Append(item.MessageCount).Append('/').Append(item.UnfinishedCount);
        foreach (var failed in await node.Failures.FindPartsAsync(item.Unfinished, cancellation))
        {
            foreach (var part in failed.Value)
                mark.Append('/')
                    .Append(failed.Key.Value)
                    .Append(part.Part.Plugin)
                    .Append(part.Part.Status)
                    .Append(part.Part.Attempts);
        }

        int[] generations = [.. node.LivePlugins().Select(plugin => plugin.Generation)];
        if (generations.Length == 0)
            return mark.ToString();
        var records = await node.Records.FindRecordsAsync([item.ItemId], generations, MaxRecordsCount, cancellation);
        foreach (var record in records.GetValueOrDefault(item.ItemId) ?? [])
            mark.Append('/').Append(record.Generation).Append(record.Key).Append(record.Message.Id);
        return mark.ToString();
    }
}
