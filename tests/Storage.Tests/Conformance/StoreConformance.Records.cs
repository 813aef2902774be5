using System.Text;
using Tributary.Messages;
using Tributary.Plugins;
using Tributary.Storage.Messages;
using Tributary.Storage.Records;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private static async Task<List<MessageReference>> StoreAsync(TestSilo silo, params string[] items)
    {
        var sent = items.Select((item, i) => TestSilo.Message(item, sequence: i + 1)).ToList();
        var transaction = await silo.CommitAsync([.. sent]);
        return [.. sent.Select((message, i) => Reference(message, transaction, i))];
    }

    private static RecordRow Record(
        string item, MessageReference message, string json, string key = "",
        int generation = 1) => new(generation, item, key, message, Encoding.UTF8.GetBytes(json));

    private static string Json(StoredRecord record) => Encoding.UTF8.GetString(record.Json.Span);

    private async Task<List<string>> JsonsAsync(TestSilo silo, RecordQuery query)
    {
        var (read, after) = (new List<string>(), query.After);
        while (true)
        {
            var page = await silo.Store.Records.ReadRecordsAsync(query with { After = after }, Cancellation);
            Assert.True(page.Records.Count <= query.Limit && page.ScannedCount <= query.MaxScanCount);
            read.AddRange(page.Records.Select(Json));
            if (page.IsComplete)
                return read;
            after = page.ScannedTo;
        }
    }

    [Fact]
    public async Task A_record_is_replaced_by_one_of_a_message_that_is_not_earlier()
    {
        var silo = await JoinAsync();
        var messages = await StoreAsync(silo, "item", "item", "item");

        async Task<string> Put(int message, string json)
        {
            await silo.CommitAsync(round => round.Records.Add(Record("item", messages[message], json)));
            var record = Assert.Single(
                (await silo.Store.Records.FindRecordsAsync(["item"], [1], 10, Cancellation))["item"]);
            Assert.Equal((1, "item", ""), (record.Generation, record.Item, record.Key));
            return $"{Json(record)} of {messages.IndexOf(record.Message)}";
        }

        Assert.Equal("""{"n":1} of 1""", await Put(1, """{"n":1}"""));
        Assert.Equal("""{"n":1} of 1""", await Put(0, """{"n":0}"""));
        Assert.Equal("""{"n":2} of 1""", await Put(1, """{"n":2}"""));
        Assert.Equal("""{"n":3} of 2""", await Put(2, """{"n":3}"""));
        Assert.Equal("""{"n":3} of 2""", await Put(1, """{"n":4}"""));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10_000)]
    public async Task Records_come_in_the_order_of_item_and_key_in_pages(int limit)
    {
        var silo = await JoinAsync();
        string[] items = ["", "B", "a", "a\uff5e", "a😀", "ä"];
        string[] keys = ["", "1", "é", "\uff5e", "😀"];
        var messages = await StoreAsync(silo, items);
        await silo.CommitAsync(round =>
        {
            for (var i = items.Length - 1; i >= 0; i--)
            {
                round.Records.AddRange(
                    keys.Reverse()
                        .Select(
                            (key, k) =>
                                Record(items[i], messages[i], $$"""{"at":"{{items[i]}}/{{key}}","k":{{k}}}""", key)));
                round.Records.Add(Record(items[i], messages[i], "{}", generation: 2));
            }
        });
        var all = items
            .SelectMany(item => keys.Select((key, k) => $$"""{"at":"{{item}}/{{key}}","k":{{keys.Length - 1 - k}}}"""))
            .ToList();

        var query = new RecordQuery(1, null, null, null, limit, 10_000);
        Assert.Equal(all, await JsonsAsync(silo, query));
        Assert.Equal(
            all.Where(json => json.Contains("\"k\":2", StringComparison.Ordinal)),
            await JsonsAsync(silo, query with { Document = Body("/k", Comparison.Equal, "2") }));
        Assert.Equal(all[5..10].Concat(all[25..]), await JsonsAsync(silo, query with { Items = ["ä", "B",
            "nobody", "ä", "\0", "\ud800"] }));
        Assert.Equal(
            [all[7], all[27]], await JsonsAsync(silo, query with { Items = ["ä", "B"], Document = Body(
                "/k", Comparison.Equal, "2") }));
        Assert.Equal(all[8..], await JsonsAsync(silo, query with { After = new RecordMark("B", "é") }));
        Assert.Equal(
            all[8..10].Concat(all[25..]),
            await JsonsAsync(silo, query with { Items = ["B", "ä"], After = new RecordMark("B", "é") }));
        Assert.Equal(items.Length, (await JsonsAsync(silo, query with { Generation = 2 })).Count);
        Assert.Empty(await JsonsAsync(silo, query with { Generation = 3 }));
        Assert.Empty(await JsonsAsync(silo, query with { Items = [] }));
        Assert.Equal(
            all.Where(json => json.Contains("\"k\":2", StringComparison.Ordinal)),
            await JsonsAsync(silo, query with { MaxScanCount = 2, Document = Body("/k", Comparison.Equal, "2") }));
    }

    [Fact]
    public async Task Records_of_many_items_are_found_at_once()
    {
        var silo = await JoinAsync();
        var items = Enumerable.Range(0, 600).Select(i => $"item {i}").ToArray();
        var messages = await StoreAsync(silo, items);
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < items.Length; i++)
            {
                for (var key = 0; key < 3; key++)
                    round.Records.Add(Record(items[i], messages[i], $"[{i},{key}]", $"{key}", generation: 1 + key % 2));
            }
        });

        var found = await silo.Store.Records
            .FindRecordsAsync([.. items, "item 7", "nobody", "\0"], [2, 1, 9], 2, Cancellation);

        Assert.Equal(items.Order(), found.Keys.Order());
        for (var i = 0; i < items.Length; i++)
            Assert.Equal([$"[{i},0]", $"[{i},2]"], found[items[i]].Select(Json));
        Assert.Equal(
            ["[5,1]"],
            (await silo.Store.Records.FindRecordsAsync(["item 5"], [2], 2, Cancellation))["item 5"].Select(Json));
        Assert.Empty(await silo.Store.Records.FindRecordsAsync([], [1], 2, Cancellation));
    }

    [Fact]
    public async Task Large_records_are_stored_and_end_a_page_before_they_fill_the_memory()
    {
        var silo = await JoinAsync();
        var messages = await StoreAsync(silo, [.. Enumerable.Range(0, 12).Select(i => $"item {i:D2}")]);
        var json = new byte[PluginResult.MaxRecordBytes];
        await silo.CommitAsync(round =>
            round.Records.AddRange(messages.Select((message, i) => new RecordRow(1, $"item {i:D2}", "", message, json)))
        );

        var first = await silo.Store.Records
            .ReadRecordsAsync(new RecordQuery(1, null, null, null, 100, 100), Cancellation);
        var rest = await silo.Store.Records
            .ReadRecordsAsync(new RecordQuery(1, null, null, first.ScannedTo, 100, 100), Cancellation);

        Assert.Equal((8, false, 4, true), (first.Records.Count, first.IsComplete, rest.Records.Count, rest.IsComplete));
        Assert.All(first.Records.Concat(rest.Records), record => Assert.Equal(json.Length, record.Json.Length));
    }

    [Fact]
    public async Task A_record_that_no_table_takes_is_refused()
    {
        var silo = await JoinAsync();
        var message = (await StoreAsync(silo, "item"))[0];
        RecordRow[] records =
        [
            Record("item", message, "{}", "nul \0"),
            Record("item", message, "{}", "half \ud800"),
            Record("item", message, "{}", new string('ä', 257)),
            new(1, "item", "", message, new byte[PluginResult.MaxRecordBytes + 1]),
        ];

        foreach (var record in records)
        {
            Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(round =>
            {
                round.Records.AddRange([Record("item", message, "{}"), record]);
                round.Messages.Add(TestSilo.Message());
            }));
        }

        Assert.Empty(await silo.Store.Records.FindRecordsAsync(["item"], [1], 10, Cancellation));
        await silo.CommitAsync(round => round.Records.Add(Record("item", message, "{}", new string('ä', 256))));
    }
}
