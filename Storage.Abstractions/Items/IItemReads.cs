using Tributary.Storage.Rounds;

namespace Tributary.Storage.Items;

/// <summary>Reads of the committed states of items.</summary>
public interface IItemReads
{
    /// <summary>The committed states of items by id, in one statement.</summary>
    ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation);

    /// <summary>
    /// Items in the order of their ids, compared as UTF-8, after <paramref name="after"/> (exclusive; null: from the
    /// first), that begin with <paramref name="prefix"/>.
    /// </summary>
    ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation);
}
