using System.Text.Json;
using Tributary.Messages;
using Tributary.Storage.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private const int Many = 10_000;

    private static MessageQuery Query(
        MessageFilter filter, int limit = Many, int maxScan = Many,
        bool newestFirst = false) => new(filter, null, null, newestFirst, limit, maxScan);

    protected static BodyCondition Body(string pointer, Comparison comparison, string operand) =>
        new BodyCondition.Compare(pointer, comparison, JsonElement.Parse(operand));

    private static AppendedMessage At(AppendedMessage appended, DateTimeOffset time)
    {
        var message = new Message
        {
            Id = appended.Message.Id,
            Source = appended.Message.Source,
            Item = appended.Message.Item,
            MediaType = appended.Message.MediaType,
            Body = appended.Message.Body,
            ReceivedAt = time,
        };
        return new AppendedMessage(message, appended.ItemSequence, appended.Generations);
    }

    /// <summary>
    /// Message i: item i mod 7, source i mod 3, a minute after the one before; bodies hold i. Two rounds.
    /// </summary>
    private static async Task<List<AppendedMessage>> FillAsync(TestSilo silo, int count)
    {
        var sent = Enumerable
            .Range(0, count)
            .Select(i =>
                At(
                    TestSilo.Message($"item {i % 7}", $$"""{"i":{{i}}}""", $"source {i % 3}", i),
                    TestSilo.Noon.AddMinutes(i)))
            .ToList();
        foreach (var round in sent.Chunk((count + 1) / 2))
            await silo.CommitAsync(round);
        return sent;
    }

    private static long[] Sequences(MessageMatches found) =>
        found.Messages.Select(message => message.ItemSequence).ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_query_yields_what_all_its_conditions_hold_for_in_its_direction(bool newestFirst)
    {
        var silo = await JoinAsync();
        var sent = await FillAsync(silo, 300);
        var (from, until) = (TestSilo.Noon.AddMinutes(40), TestSilo.Noon.AddMinutes(250));
        var body = Body("/i", Comparison.GreaterOrEqual, "100");
        Func<int, bool> inTime = i => i is >= 40 and < 250;
        List<(MessageFilter Filter, Func<int, bool> Holds)> cases =
        [
            (new MessageFilter(), i => true),
            (new MessageFilter(Sources: ["source 1"]), i => i % 3 == 1),
            (new MessageFilter(Sources: ["source 1", "source 2", "nothing", "\ud800", "\0"]), i => i % 3 != 0),
            (new MessageFilter(Items: ["item 3"]), i => i % 7 == 3),
            (new MessageFilter(Items: ["item 6", "item 0", "item 6", "nothing", "\ud800", "\0"]), i => i % 7 is 6 or 0),
            (new MessageFilter(From: from), i => i >= 40),
            (new MessageFilter(Until: until), i => i < 250),
            (new MessageFilter(Body: body), i => i >= 100),
            (new MessageFilter(["source 1"], ["item 3", "item 5"], from, until, body), i =>
                i % 3 == 1 && (i % 7 is 3 or 5) && inTime(i) && i >= 100),
            (new MessageFilter(Sources: []), i => false),
            (new MessageFilter(Items: []), i => false),
            (new MessageFilter(From: until, Until: from), i => false),
        ];

        foreach (var (filter, holds) in cases)
        {
            var found = await silo.Store.Messages.QueryMessagesAsync(
                Query(filter, newestFirst: newestFirst), Cancellation);
            var expected = Enumerable.Range(0, sent.Count).Where(holds).Select(i => (long)i);
            Assert.Equal(newestFirst ? expected.Reverse() : expected, Sequences(found));
            Assert.True(found.IsComplete);
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 50)]
    [InlineData(true, 299)]
    public async Task A_scan_goes_on_where_it_stopped_and_looks_at_no_more_than_it_may(bool newestFirst, int maxScan)
    {
        var silo = await JoinAsync();
        await FillAsync(silo, 300);
        List<MessageFilter> filters =
        [
            new(),
            new(Sources: ["source 1"]),
            new(Items: ["item 1", "item 2"]),
            new(Body: Body("/i", Comparison.Less, "200")),
        ];
        foreach (var filter in filters)
        {
            var whole = await silo.Store.Messages.QueryMessagesAsync(
                Query(filter, newestFirst: newestFirst), Cancellation);
            var (read, scanned) = (new List<long>(), 0);
            var query = Query(filter, maxScan: maxScan, newestFirst: newestFirst);
            while (true)
            {
                var part = await silo.Store.Messages.QueryMessagesAsync(query, Cancellation);
                read.AddRange(Sequences(part));
                scanned += part.ScannedCount;
                Assert.InRange(part.ScannedCount, 1, maxScan);
                if (part.IsComplete)
                    break;
                query = newestFirst ? query with { Before = part.ScannedTo } : query with { After = part.ScannedTo };
            }

            Assert.Equal(Sequences(whole), read);
            Assert.Equal((whole.ScannedCount, filter.Items is null ? 300 : 86), (scanned, whole.ScannedCount));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_of_matches_ends_at_the_last_one_and_says_whether_rows_are_left(bool newestFirst)
    {
        var silo = await JoinAsync();
        var sent = await FillAsync(silo, 300);
        var all = await silo.Store.Messages
            .QueryMessagesAsync(Query(new MessageFilter(), newestFirst: newestFirst), Cancellation);

        foreach (var limit in new[] { 1, 64, 299 })
        {
            var page = await silo.Store.Messages
                .QueryMessagesAsync(Query(new MessageFilter(), limit, newestFirst: newestFirst), Cancellation);
            Assert.Equal((limit, limit, false), (page.Messages.Count, page.ScannedCount, page.IsComplete));
            Assert.Equal(all.Messages[limit - 1].Position, page.ScannedTo);
        }

        var last = await silo.Store.Messages
            .QueryMessagesAsync(Query(new MessageFilter(), 300, newestFirst: newestFirst), Cancellation);
        Assert.Equal((300, true), (last.ScannedCount, last.IsComplete));
        var sparse = await silo.Store.Messages
            .QueryMessagesAsync(
                Query(new MessageFilter(Body: Body("/i", Comparison.In, "[100,200]")), 1), Cancellation);
        Assert.Equal(
            (100, 101, false), (Assert.Single(sparse.Messages).ItemSequence, sparse.ScannedCount, sparse.IsComplete));
        Assert.Equal(sent[100].Message.Body.ToArray(), sparse.Messages[0].Body.ToArray());
    }

    [Fact]
    public async Task The_bounds_of_a_query_are_exclusive()
    {
        var silo = await JoinAsync();
        await FillAsync(silo, 10);
        var all = (await silo.Store.Messages.QueryMessagesAsync(Query(new MessageFilter()), Cancellation)).Messages;

        foreach (var newestFirst in new[] { false, true })
        {
            var query = Query(new MessageFilter(), newestFirst: newestFirst) with
            {
                After = all[2].Position,
                Before = all[6].Position,
            };
            Assert.Equal(
                [3L, 4, 5], Sequences(await silo.Store.Messages.QueryMessagesAsync(query, Cancellation)).Order());
            var items = query with { Filter = new MessageFilter(Items: ["item 3", "item 5", "item 2", "item 6"]) };
            Assert.Equal([3L, 5], Sequences(await silo.Store.Messages.QueryMessagesAsync(items, Cancellation)).Order());
        }

        var nothing = await silo.Store.Messages
            .QueryMessagesAsync(Query(new MessageFilter()) with { After = all[^1].Position }, Cancellation);
        Assert.Equal(
            (0, 0, null, true), (nothing.Messages.Count, nothing.ScannedCount, nothing.ScannedTo, nothing.IsComplete));
        var unasked = await silo.Store.Messages.QueryMessagesAsync(Query(new MessageFilter(), limit: 0), Cancellation);
        Assert.Equal(
            (0, 0, null, false), (unasked.Messages.Count, unasked.ScannedCount, unasked.ScannedTo, unasked.IsComplete));
    }

    [Fact]
    public async Task A_search_over_many_chunks_sees_every_row_once()
    {
        var silo = await JoinAsync();
        await FillAsync(silo, 3000);

        foreach (var newestFirst in new[] { false, true })
        {
            var odd = new BodyCondition.Not(
                new BodyCondition.Or([Body("/i", Comparison.Less, "5"), Body("/i", Comparison.Greater, "2990")]));
            var found = await silo.Store.Messages
                .QueryMessagesAsync(Query(new MessageFilter(Body: odd), newestFirst: newestFirst), Cancellation);
            Assert.Equal(Enumerable.Range(5, 2986).Select(i => (long)i), Sequences(found).Order());
            Assert.Equal((3000, true), (found.ScannedCount, found.IsComplete));
        }
    }

    [Fact]
    public async Task Bodies_that_are_large_end_a_search_before_they_fill_the_memory()
    {
        var silo = await JoinAsync();
        var body = new byte[12 << 20];
        for (var i = 0; i < 4; i++)
            await silo.CommitAsync(TestSilo.Message("item", body, sequence: i));

        var first = await silo.Store.Messages.QueryMessagesAsync(Query(new MessageFilter()), Cancellation);
        var rest = await silo.Store.Messages
            .QueryMessagesAsync(Query(new MessageFilter()) with { After = first.ScannedTo }, Cancellation);

        Assert.Equal([0L, 1, 2], Sequences(first));
        Assert.False(first.IsComplete);
        Assert.Equal([3L], Sequences(rest));
        Assert.True(rest.IsComplete);
    }

    [Fact]
    public async Task A_count_is_known_for_all_messages_and_for_sources_and_else_costs_a_scan()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
        {
            round.Messages.AddRange([
                TestSilo.Message(source: "a"),
                TestSilo.Message(source: "b"),
                TestSilo.Message(source: "a"),
            ]);
            round.Ledger.AddRange([
                new LedgerDelta("a", TestSilo.Noon, 2, 2),
                new LedgerDelta("b", TestSilo.Noon, 1, 1),
            ]);
        });

        async Task<long?> Count(MessageFilter filter) =>
            await silo.Store.Messages.CountMessagesAsync(filter, Cancellation);

        Assert.Equal(3, await Count(new MessageFilter()));
        Assert.Equal(2, await Count(new MessageFilter(Sources: ["a", "a", "nothing"])));
        Assert.Equal(3, await Count(new MessageFilter(Sources: ["a", "b"])));
        Assert.Equal(0, await Count(new MessageFilter(Sources: [])));
        Assert.Null(await Count(new MessageFilter(Items: ["item"])));
        Assert.Null(await Count(new MessageFilter(From: TestSilo.Noon)));
        Assert.Null(await Count(new MessageFilter(Sources: ["a"], Until: TestSilo.Noon)));
        Assert.Null(await Count(new MessageFilter(Body: Body("", Comparison.Exists, "null"))));
    }
}
