using Tributary.Storage.Messages;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_messages_of_several_items_are_those_that_each_item_alone_gives(bool newestFirst)
    {
        var silo = await JoinAsync();
        await FillAsync(silo, 300);
        var all = (await silo.Store.Messages.QueryMessagesAsync(Query(new MessageFilter()), Cancellation)).Messages;
        string[] items = ["item 3", "nothing", "item 0", "item 3", "\ud800", "\0"];
        List<(Position? After, Position? Before)> bounds =
        [
            (null, null),
            (all[100].Position, null),
            (null, all[200].Position),
            (all[100].Position, all[200].Position),
            (all[299].Position, null),
        ];

        foreach (var (after, before) in bounds)
        {
            foreach (var limit in (int[])[1, 5, 1_000])
            {
                var found = await silo.Store.Messages
                    .QueryItemMessagesAsync(
                        new ItemMessagesQuery(items, after, before, newestFirst, limit), Cancellation);

                Assert.Equal(items.Distinct().Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
                foreach (var item in items)
                {
                    var alone = await silo.Store.Messages
                        .QueryMessagesAsync(
                            new MessageQuery(new MessageFilter(Items: [item]), after, before, newestFirst, limit, Many),
                            Cancellation);
                    Assert.Equal(Sequences(alone), Sequences(found[item]));
                    Assert.Equal(
                        alone.Messages.Select(message => message.Id),
                        found[item].Messages.Select(message => message.Id));
                    Assert.True(found[item].IsComplete || found[item].Messages.Count == limit);
                }
            }
        }

        Assert.Empty(
            await silo.Store.Messages
                .QueryItemMessagesAsync(new ItemMessagesQuery([], null, null, newestFirst, 5), Cancellation));
    }

    [Fact]
    public async Task Messages_of_items_that_are_too_many_bytes_go_on_from_where_they_ended()
    {
        var silo = await JoinAsync();
        var large = $$"""{"text":"{{new string('x', 5 << 20)}}"}""";
        for (var i = 0; i < 10; i++)
            await silo.CommitAsync([TestSilo.Message($"item {i / 5}", large, "large", i)]);

        var found = await silo.Store.Messages
            .QueryItemMessagesAsync(
                new ItemMessagesQuery(["item 0", "item 1", "item 2"], null, null, false, 10), Cancellation);

        Assert.Equal(["item 0", "item 1"], found.Keys.Order(StringComparer.Ordinal));
        Assert.True(found["item 0"].IsComplete);
        Assert.Equal([0, 1, 2, 3, 4], Sequences(found["item 0"]));
        Assert.False(found["item 1"].IsComplete);
        var taken = found["item 1"].Messages.Count;
        Assert.InRange(taken, 1, 4);
        var rest = await silo.Store.Messages
            .QueryItemMessagesAsync(
                new ItemMessagesQuery(["item 1", "item 2"], found["item 1"].ScannedTo, null, false, 10), Cancellation);
        Assert.Equal(Enumerable.Range(5 + taken, 5 - taken).Select(i => (long)i), Sequences(rest["item 1"]));
        Assert.True(rest["item 1"].IsComplete && rest["item 2"].IsComplete);
    }
}
