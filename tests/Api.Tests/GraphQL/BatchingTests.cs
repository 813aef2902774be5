using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tributary.Api.GraphQL;
using Tributary.Api.Processing;
using Tributary.GraphQL;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage.Failures;
using Tributary.Storage.Items;
using Tributary.Storage.Messages;
using Tributary.Storage.Records;
using Tributary.Storage.Rounds;

namespace Tributary.Api.Tests.GraphQL;

public class BatchingTests
{
    [Fact]
    public Task The_items_of_a_list_of_messages_are_one_read_of_the_store() =>
        RunAsync(
            async (engine, queries) =>
            {
                var nodes = (
                    await AskAsync(
                        engine, "{ messages(first: 50) { nodes { item { itemId lastMessage { messageId } } } } }"))
                    .GetProperty("messages")
                    .GetProperty("nodes");

                Assert.Equal(
                    Enumerable.Range(0, 50).Select(n => $"i-{n}"),
                    nodes.EnumerateArray().Select(one => one.GetProperty("item").GetProperty("itemId").GetString()));
                Assert.Equal(["QueryMessages", "FindItems 50", "FindMessages 50"], queries.Calls);
            });

    [Fact]
    public Task The_messages_of_a_list_of_items_are_one_read_of_the_store_for_each_field_that_asks() => RunAsync(
        async (engine, queries) =>
    {
        const string Query =
            """
            { items(prefix: "i-1") { nodes { itemId messageCount
                messages(first: 1) { nodes { itemSequence } pageInfo { hasNextPage } }
                  newest: messages(last: 2) { nodes { itemSequence } } } } }
            """;
        var items = (await AskAsync(engine, Query)).GetProperty("items").GetProperty("nodes").EnumerateArray().ToList();

        Assert.Equal(["QueryItemMessages 11", "QueryItemMessages 11"], queries.Calls);
        Assert.Equal(11, items.Count);
        Assert.Equal(
            """{"itemId":"i-1","messageCount":2,"messages":{"nodes":[{"itemSequence":1}],"pageInfo":{"hasNextPage":true}},"newest":{"nodes":[{"itemSequence":1},{"itemSequence":2}]}}""",
            items[0].GetRawText());
        Assert.Equal(
            """{"itemId":"i-10","messageCount":1,"messages":{"nodes":[{"itemSequence":1}],"pageInfo":{"hasNextPage":false}},"newest":{"nodes":[{"itemSequence":1}]}}""",
            items[1].GetRawText());
    });

    [Fact]
    public Task Messages_that_are_asked_for_one_by_one_are_one_read_of_the_store() =>
        RunAsync(
            async (engine, queries) =>
            {
                var ids = (await AskAsync(engine, "{ messages(first: 9) { nodes { id messageId } } }"))
                    .GetProperty("messages")
                    .GetProperty("nodes")
                    .EnumerateArray()
                    .ToList();
                queries.Calls.Clear();
                var aliases = ids.Select(
                    (id, n) =>
                        $"m{n}: message(id: \"{id.GetProperty("messageId").GetString()}\") {{ messageId }} n{n}: "
                        + $"node(id: \"{id.GetProperty("id").GetString()}\") {{ id }}"
                );

        var found = await AskAsync(engine,
            $"{{ {string.Join(' ', aliases)} none: message(id: \"00000000-0000-7000-8000-000000000000\") {{ id }} }}");

                Assert.Equal(["FindMessages 10"], queries.Calls);
                for (var n = 0; n < ids.Count; n++)
                {
                    Assert.Equal(
                        ids[n].GetProperty("messageId").GetString(),
                        found.GetProperty($"m{n}").GetProperty("messageId").GetString());
                    Assert.Equal(
                        ids[n].GetProperty("id").GetString(), found.GetProperty($"n{n}").GetProperty("id").GetString());
                }

        Assert.Equal(JsonValueKind.Null, found.GetProperty("none").ValueKind);
    });

    [Fact]
    public Task What_is_left_of_a_list_of_messages_and_what_was_made_of_a_list_of_items_is_one_read_each() =>
        RunAsync(
            async (engine, queries) =>
            {
                await AskAsync(engine, "{ messages(first: 51) { nodes { status failures { error } } } }");
                Assert.Equal(["QueryMessages", "FindParts 51"], queries.Calls);

        queries.Calls.Clear();
        await AskAsync(engine, "{ items(first: 50) { nodes { failures { error } records { key } } } }");
        Assert.Equal(["FindRecords 25", "FindRecords 25"], queries.Calls);
    });

    private static async Task<JsonElement> AskAsync(GraphQLEngine engine, string query)
    {
        var answer = JsonElement.Parse(
            (await engine.ExecuteAsync(new GraphQLRequest(query) { State = new RequestLimits(1 << 20) })).ToString());
        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        return answer.GetProperty("data");
    }

    /// <summary>
    /// Runs against a store with a message of each of 50 items, and a second one of the item <c>i-1</c>.
    /// </summary>
    private static async Task RunAsync(Func<GraphQLEngine, CountingReads, Task> test)
    {
        var folder = Directory.CreateTempSubdirectory("tributary-batch-");
        ApiNode? node = null;
        var config = new SiloConfig
        {
            Listen = ["http://127.0.0.1:0"],
            DataDirectory = folder.FullName,
            LogLevel = LogLevel.Error,
        };
        await using (
            var app = await SiloApp.StartAsync(
                config, (started, _) => Task.FromResult(node = started), CancellationToken.None))
        {
            var pointer = JsonPointer.Parse("/id");
            for (var n = 0; n < 50; n++)
                await node!.Intake.AcceptAsync(
                    new IntakeRequest
                    {
                        Source = "s",
                        ItemPointer = pointer,
                        Body = System.Text.Encoding.UTF8.GetBytes($"{{\"id\":\"i-{n}\"}}"),
                    });
            await node!.Intake.AcceptAsync(
                new IntakeRequest
                {
                    Source = "s",
                    ItemPointer = pointer,
                    Body = """{"id":"i-1"}"""u8.ToArray(),
                });
            var queries = new CountingReads(node!.Messages, node.Items);
            var results = new CountingResults(node.Records, node.Failures, queries.Calls);
            var counted = new ApiNode
            {
                Intake = node.Intake,
                BulkIntake = node.BulkIntake,
                Grains = node.Grains,
                Tail = node.Tail,
                Live = node.Live,
                IsReady = node.IsReady,
                Messages = queries,
                Items = queries,
                Aggregates = node.Aggregates,
                MatcherOf = node.MatcherOf,
                Records = results,
                Failures = results,
                Reminders = node.Reminders,
                Ledger = node.Ledger,
                Held = node.Held,
                Cluster = node.Cluster,
                Cordons = node.Cordons,
                LivePlugins = static () => [new LivePlugin("p", 1)],
            };
            try
            {
                await test(TributarySchema.NewEngine(counted, TimeProvider.System, new GraphQLOptions()), queries);
            }
            finally
            {
                await app.StopAsync();
            }
        }

        folder.Delete(recursive: true);
    }

    private sealed class CountingReads(IMessageReads messages, IItemReads items) : IMessageReads, IItemReads
    {
        public List<string> Calls { get; } = [];

        public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation)
        {
            Calls.Add("QueryMessages");
            return messages.QueryMessagesAsync(query, cancellation);
        }

        public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation)
        {
            Calls.Add("CountMessages");
            return messages.CountMessagesAsync(filter, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
            IReadOnlyList<MessageId> ids, CancellationToken cancellation)
        {
            Calls.Add($"FindMessages {ids.Count}");
            return messages.FindMessagesAsync(ids, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
            ItemMessagesQuery query, CancellationToken cancellation)
        {
            Calls.Add($"QueryItemMessages {query.Items.Count}");
            return messages.QueryItemMessagesAsync(query, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
            IReadOnlyList<string> ids, CancellationToken cancellation)
        {
            Calls.Add($"FindItems {ids.Count}");
            return items.FindItemsAsync(ids, cancellation);
        }

        public ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
            string? after, string? prefix, int limit,
            CancellationToken cancellation) => items.ReadItemsAsync(after, prefix, limit, cancellation);

        public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) =>
            messages.ReadHorizonAsync(cancellation);

        public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
            Position below, int offset, int limit, CancellationToken cancellation) =>
            messages.ReadNewestAsync(below, offset, limit, cancellation);

        public ValueTask<MessageSlice> ReadAfterAsync(
            Position after, int limit, long maxBytes, CancellationToken cancellation) =>
            messages.ReadAfterAsync(after, limit, maxBytes, cancellation);

        public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
            messages.CountBelowAsync(below, cancellation);

        public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
            messages.FindAsync(id, cancellation);

        public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
            messages.FindStoredAsync(id, cancellation);
    }

    private sealed class CountingResults(IRecordReads records, IFailureReads failures, List<string> calls)
        : IRecordReads, IFailureReads
    {
        public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
            IReadOnlyList<Position> positions, CancellationToken cancellation)
        {
            calls.Add($"FindParts {positions.Count}");
            return failures.FindPartsAsync(positions, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
            IReadOnlyList<string> items,
            IReadOnlyList<int> generations,
            int limitPerItem,
            CancellationToken cancellation)
        {
            calls.Add($"FindRecords {items.Count}");
            return records.FindRecordsAsync(items, generations, limitPerItem, cancellation);
        }

        public ValueTask<PartPage> ReadPartsAsync(
            PartFilter filter, PartMark? after, int limit,
            CancellationToken cancellation) => failures.ReadPartsAsync(filter, after, limit, cancellation);

        public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
            failures.ReadRaisedAsync(after, limit, cancellation);

        public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
            records.ReadRecordsAsync(query, cancellation);

        public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
            Guid? before,
            int limit,
            CancellationToken cancellation) => failures.ReadFailuresAsync(before, limit, cancellation);
    }
}
