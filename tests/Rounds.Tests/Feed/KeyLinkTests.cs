using Tributary.Feed.Changes;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>The keys that one node watches, on their way to another silo.</summary>
public sealed class KeyLinkTests
{
    private static readonly WatchedKey First = WatchedKey.OfItem("first");
    private static readonly WatchedKey Second = WatchedKey.OfGroup(1, "[]");

    private readonly NodeChanges changes = new(new ChangeWatch());

    [Fact]
    public void A_session_begins_with_all_keys_and_gets_each_change_once()
    {
        using var first = Watch(First);
        var link = changes.Link();
        using var second = Watch(Second);

        Assert.Equal([First, Second], link.Begin());
        Assert.Null(link.Take());
        second.Dispose();
        using var again = Watch(Second);
        using var twice = Watch(Second);
        var change = link.Take();
        Assert.Equal([Second], change!.Added);
        Assert.Empty(change.Removed);
        again.Dispose();
        Assert.Null(link.Take());
        twice.Dispose();
        Assert.Equal([Second], link.Take()!.Removed);
        Assert.Equal([First], link.Begin());
    }

    [Fact]
    public async Task A_watcher_waits_until_the_silo_knows_its_key_and_not_for_a_silo_that_cannot_be_reached()
    {
        var link = changes.Link();
        Assert.False(changes.WhenKnown().IsCompleted);
        link.Begin();
        using var first = Watch(First);
        link.Known();
        var known = changes.WhenKnown();
        Assert.False(known.IsCompleted);
        link.Take();
        Assert.False(known.IsCompleted);
        link.Known();
        await known;

        using var second = Watch(Second);
        known = changes.WhenKnown();
        link.GiveUp();
        await known;
        using var third = Watch(WatchedKey.OfItem("third"));
        Assert.True(changes.WhenKnown().IsCompletedSuccessfully);
        Assert.Null(link.Take());
        Assert.Equal(3, link.Begin().Count);

        known = changes.WhenKnown();
        Assert.False(known.IsCompleted);
        changes.Unlink(link);
        await known;
    }

    private IDisposable Watch(WatchedKey key) => changes.Watch(key, static _ => { }, static () => { });
}
