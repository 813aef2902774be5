namespace Tributary.Feed.Changes;

/// <summary>What a subscriber watches: an item, or the aggregates of a group in all windows.</summary>
/// <param name="Generation">The id of the definition's generation, from 1; 0 for an item.</param>
/// <param name="Name">The item's id, or the group.</param>
public readonly record struct WatchedKey(int Generation, string Name)
{
    public bool IsItem => Generation == 0;

    public static WatchedKey OfItem(string id) => new(0, id);

    public static WatchedKey OfGroup(int generation, string group) => new(generation, group);
}
