using System.Globalization;
using Tributary.Messages;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private const int RoundMessageCount = 120;

    private async Task<IndexingSilo> JoinIndexingAsync(params string[] paths)
    {
        var silo = new IndexingSilo(await JoinAsync());
        await silo.DeclareAsync(paths);
        return silo;
    }

    /// <summary>Ends the silo's process; another begins, with other paths.</summary>
    private async Task<IndexingSilo> RestartAsync(IndexingSilo silo, params string[] paths)
    {
        await Harness.CrashAsync(silo.Silo.Store);
        return await JoinIndexingAsync(paths);
    }

    /// <summary>Message i holds i modulo 10 at /n, and its number at /i.</summary>
    private static Task FillAsync(IndexingSilo silo, int first, int count) =>
        silo.CommitAsync(
            Enumerable
                .Range(first, count)
                .Select(i => silo.Message($$"""{"n":{{i % 10}},"i":{{i}},"t":"text {{i % 10}}"}""", i)));

    private protected static async Task<MessageMatches> SearchAsync(
        IndexingSilo silo, BodyCondition body, bool newestFirst = false, int limit = Many) =>
        await silo.Silo.Store.Messages
            .QueryMessagesAsync(Query(new MessageFilter(Body: body), limit, newestFirst: newestFirst), Cancellation);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_the_index_finds_is_what_a_scan_finds(int seed)
    {
        var random = new Random(seed);
        var bodies = new RandomBodies(random);
        var sent = new List<AppendedMessage>();
        IndexingSilo? silo = null;
        foreach (var paths in new[]
            {
                [],
                RandomBodies.Indexed,
                RandomBodies.Indexed[1..3],
                RandomBodies.Indexed[..2],
                RandomBodies.Indexed,
            })
        {
            silo = silo is null ? await JoinIndexingAsync(paths) : await RestartAsync(silo, paths);
            var messages = Enumerable
                .Range(sent.Count, RoundMessageCount + random.Next(200))
                .Select(i => silo.Message(bodies.Body(), i))
                .ToList();
            sent.AddRange(messages);
            await silo.CommitAsync(messages);
        }

        for (var i = 0; i < 120; i++)
        {
            var condition = bodies.Condition();
            var filter = new MessageFilter(
                random.Next(4) == 0 ? ["source 1", "source 2"] : null,
                random.Next(4) == 0 ? ["item 0", "item 3"] : null,
                Body: condition);
            var newestFirst = random.Next(2) == 0;
            var matcher = BodyMatcher.Of(condition);
            var expected = sent.Where(message =>
                    matcher.Matches(message.Message.Body.Span)
                    && filter.Sources?.Contains(message.Message.Source) != false
                    && filter.Items?.Contains(message.Message.Item) != false)
                .Select(message => message.ItemSequence);
            var query = Query(
                filter, limit: random.Next(3) == 0 ? random.Next(1, 9) : Many,
                maxScan: random.Next(3) == 0 ? random.Next(5, 80) : Many, newestFirst);

            var read = await ReadToTheEndAsync(silo!, query);

            var wanted = newestFirst ? expected.Reverse() : expected;
            Assert.True(wanted.SequenceEqual(read),
                $"seed {seed}, query {i}: {Describe(condition)}: wanted {string.Join(' ', wanted)}; found "
                + $"{string.Join(' ', read)}");
            if (await silo!.Silo.Store.Messages.CountMessagesAsync(filter, Cancellation) is { } count)
                Assert.True(
                    count == read.Count,
                    $"seed {seed}, query {i}: {Describe(condition)}: counted {count}, found {read.Count}");
        }
    }

    private async Task<List<long>> ReadToTheEndAsync(IndexingSilo silo, MessageQuery query)
    {
        var read = new List<long>();
        while (true)
        {
            var page = await silo.Silo.Store.Messages.QueryMessagesAsync(query, Cancellation);
            Assert.True(page.Messages.Count <= query.Limit && page.ScannedCount <= query.MaxScanCount);
            read.AddRange(Sequences(page));
            if (page.IsComplete)
                return read;
            Assert.NotNull(page.ScannedTo);
            query = query.NewestFirst ? query with { Before = page.ScannedTo } : query with { After = page.ScannedTo };
        }
    }

    private protected static void AssertFound(MessageMatches matches, int scannedCount, IEnumerable<int> sequences)
    {
        Assert.Equal(sequences.Select(sequence => (long)sequence), Sequences(matches));
        Assert.Equal(scannedCount, matches.ScannedCount);
    }

    private static string Describe(BodyCondition condition) => condition switch
    {
        BodyCondition.Compare compare => $"{compare.Pointer} {compare.Comparison} {compare.Operand.GetRawText()}",
        BodyCondition.And and => $"all({string.Join(", ", and.All.Select(Describe))})",
        BodyCondition.Or or => $"any({string.Join(", ", or.Any.Select(Describe))})",
        BodyCondition.Not not => $"not({Describe(not.Inner)})",
        _ => condition.ToString(),
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_at_an_indexed_path_is_found_without_looking_at_other_messages(bool newestFirst)
    {
        var silo = await JoinIndexingAsync("/n", "/i", "/t");
        await FillAsync(silo, 0, 1000);
        List<(BodyCondition Condition, int Found, int Scanned)> cases =
        [
            (Body("/n", Comparison.Equal, "3.0"), 100, 100),
            (Body("/n", Comparison.In, "[3,\"3\",4,30e-1]"), 200, 200),
            (Body("/t", Comparison.Equal, "\"text 3\""), 100, 100),
            (Body("/i", Comparison.GreaterOrEqual, "990"), 10, 10),
            (Body("/i", Comparison.Less, "5"), 5, 6),
            (new BodyCondition.And([Body("/i", Comparison.Greater, "500"), Body("/i", Comparison.Less, "510")]), 9, 11),
            (new BodyCondition.And([Body("/n", Comparison.Equal, "3"), Body("/i", Comparison.In, "[3,4,13]")]), 2, 3),
            (
                new BodyCondition.And([Body("/n", Comparison.Equal, "3"), Body("/i", Comparison.LessOrEqual, "13")]),
                2,
                14),
            (new BodyCondition.Or([Body("/n", Comparison.Equal, "3"), Body("/i", Comparison.In, "[3,4]")]), 101, 101),
            (Body("/n", Comparison.Equal, "11"), 0, 0),
            (Body("/i", Comparison.Greater, "1e9"), 0, 0),
        ];

        foreach (var (condition, found, scanned) in cases)
        {
            var matches = await SearchAsync(silo, condition, newestFirst);
            Assert.Equal((found, scanned, true), (matches.Messages.Count, matches.ScannedCount, matches.IsComplete));
        }

        var page = await SearchAsync(silo, Body("/n", Comparison.Equal, "3"), newestFirst, limit: 5);
        Assert.Equal((5, 5, false), (page.Messages.Count, page.ScannedCount, page.IsComplete));
        Assert.Equal(page.Messages[^1].Position, page.ScannedTo);
    }

    [Fact]
    public async Task What_was_accepted_before_a_path_was_indexed_is_scanned_and_the_rest_is_not()
    {
        var silo = await JoinIndexingAsync();
        await FillAsync(silo, 0, 100);
        silo = await RestartAsync(silo, "/n");
        await FillAsync(silo, 100, 300);
        silo = await RestartAsync(silo, "/i");
        await FillAsync(silo, 400, 50);
        silo = await RestartAsync(silo, "/i", "/n");
        await FillAsync(silo, 450, 200);

        var matches = await SearchAsync(silo, Body("/n", Comparison.Equal, "3"));

        Assert.Equal(Enumerable.Range(0, 650).Where(i => i % 10 == 3).Select(i => (long)i), Sequences(matches));
        // All of what no index covers, and of the others a tenth.
        Assert.Equal(100 + 30 + 50 + 20, matches.ScannedCount);
        var newest = await SearchAsync(silo, Body("/n", Comparison.Equal, "3"), newestFirst: true, limit: 20);
        Assert.Equal((20, 20), (newest.Messages.Count, newest.ScannedCount));
    }

    [Fact]
    public async Task A_path_keeps_its_id_and_a_restart_with_the_same_paths_changes_nothing()
    {
        var silo = await JoinIndexingAsync("/a", "/n");
        var ids = silo.Paths;
        await FillAsync(silo, 0, 10);
        silo = await RestartAsync(silo, "/n");
        silo = await RestartAsync(silo);
        silo = await RestartAsync(silo, "/n", "/a");
        Assert.Equal(ids.OrderBy(path => path.Value), silo.Paths.OrderBy(path => path.Value));
        silo = await RestartAsync(silo, "/n", "/a");
        await FillAsync(silo, 10, 10);
        silo = await RestartAsync(silo, "/a", "/n");
        await FillAsync(silo, 20, 10);

        var matches = await SearchAsync(silo, Body("/n", Comparison.Equal, "3"));

        AssertFound(matches, 3, [3, 13, 23]);
    }

    [Fact]
    public async Task A_silo_that_rejoins_after_another_indexed_more_is_not_taken_for_one_that_does()
    {
        var first = await JoinIndexingAsync("/n");
        await FillAsync(first, 0, 10);
        await Harness.CrashAsync(first.Silo.Store);
        var other = await JoinIndexingAsync("/n", "/i");
        await FillAsync(other, 10, 10);
        var again = await RestartAsync(other, "/n");
        await FillAsync(again, 20, 10);

        var byNumber = await SearchAsync(again, Body("/i", Comparison.In, "[15,25]"));
        var byDigit = await SearchAsync(again, Body("/n", Comparison.Equal, "3"));

        Assert.Equal([15L, 25], Sequences(byNumber));
        Assert.Equal([3L, 13, 23], Sequences(byDigit));
    }

    [Fact]
    public async Task Rounds_of_every_size_are_indexed()
    {
        var silo = await JoinIndexingAsync("/n", "/i", "/t");
        await FillAsync(silo, 0, 1);
        await FillAsync(silo, 1, 199);
        await FillAsync(silo, 200, 3000);

        foreach (var i in new[] { 0, 1, 199, 200, 3199 })
        {
            var matches = await SearchAsync(
                silo, Body("/i", Comparison.Equal, i.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal((i, 1), (Assert.Single(Sequences(matches)), matches.ScannedCount));
        }

        Assert.Equal(320, (await SearchAsync(silo, Body("/t", Comparison.Equal, "\"text 7\""))).ScannedCount);
    }

    [Fact]
    public async Task A_range_with_many_entries_is_scanned_in_the_order_of_positions()
    {
        var silo = await JoinIndexingAsync("/i");
        await FillAsync(silo, 0, QueryLimits.MaxRangeEntryCount + 100);

        var wide = await SearchAsync(silo, Body("/i", Comparison.GreaterOrEqual, "50"), limit: 10);
        var narrow = await SearchAsync(silo, Body("/i", Comparison.GreaterOrEqual, "100"), limit: 10);

        AssertFound(wide, 60, Enumerable.Range(50, 10));
        AssertFound(narrow, 10, Enumerable.Range(100, 10));
    }

    [Fact]
    public async Task A_field_that_few_messages_have_is_found_by_the_index()
    {
        var silo = await JoinIndexingAsync("/rare");
        await silo.CommitAsync(
            Enumerable.Range(0, 500).Select(i => silo.Message(i % 100 == 7 ? """{"rare":{}}""" : "{}", i)));

        var matches = await SearchAsync(silo, Body("/rare", Comparison.Exists, "null"));

        AssertFound(matches, 5, [7, 107, 207, 307, 407]);
    }

    [Fact]
    public async Task Values_at_a_path_that_was_always_indexed_are_counted_without_a_search()
    {
        var silo = await JoinIndexingAsync("/n", "/t");
        await FillAsync(silo, 0, 100);
        await silo.CommitAsync([silo.Message($$"""{"t":"{{new string('x', 200)}}"}""", 100)]);

        async Task<long?> Count(BodyCondition body, string[]? sources = null) =>
            await silo.Silo.Store.Messages.CountMessagesAsync(new MessageFilter(sources, Body: body), Cancellation);

        Assert.Equal(10, await Count(Body("/n", Comparison.Equal, "3")));
        Assert.Equal(20, await Count(Body("/n", Comparison.In, "[3,4,4.0,11]")));
        Assert.Null(await Count(Body("/n", Comparison.Equal, "[]")));
        Assert.Null(await Count(Body("/t", Comparison.Equal, $"\"{new string('x', 200)}\"")));
        Assert.Null(await Count(Body("/n", Comparison.Greater, "3")));
        Assert.Null(await Count(Body("/i", Comparison.Equal, "3")));
        Assert.Null(await Count(Body("/n", Comparison.Equal, "3"), ["source 1"]));

        silo = await RestartAsync(silo, "/n", "/i");
        await FillAsync(silo, 101, 10);
        Assert.Equal(11, await Count(Body("/n", Comparison.Equal, "3")));
        Assert.Null(await Count(Body("/i", Comparison.Equal, "103")));
        Assert.Null(await Count(Body("/t", Comparison.Equal, "\"text 3\"")));
    }
}
