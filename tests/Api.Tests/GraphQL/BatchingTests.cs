using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tributary.Api.GraphQL;
using Tributary.Grains;
using Tributary.GraphQL;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;

namespace Tributary.Api.Tests.GraphQL;

public class BatchingTests
{
    [Fact]
    public async Task The_items_of_a_list_of_messages_are_one_read_of_the_store()
    {
        var folder = Directory.CreateTempSubdirectory("tributary-batch-");
        ApiNode? node = null;
        var config = new SiloConfig { Listen = ["http://127.0.0.1:0"], DataDirectory = folder.FullName, LogLevel = LogLevel.Error };
        await using (var app = await SiloApp.StartAsync(config, (started, _) => Task.FromResult(node = started), CancellationToken.None))
        {
            var pointer = JsonPointer.Parse("/id");
            for (var n = 0; n < 50; n++)
                await node!.Intake.AcceptAsync(new IntakeRequest { Source = "s", ItemPointer = pointer, Body = System.Text.Encoding.UTF8.GetBytes($"{{\"id\":\"i-{n}\"}}") });
            var queries = new CountingQueries(node!.Queries);
            var counted = new ApiNode
            {
                Intake = node.Intake, BulkIntake = node.BulkIntake, Grains = node.Grains, Log = node.Log, Tail = node.Tail, Definitions = node.Definitions,
                GenerationNumbers = node.GenerationNumbers, IsReady = node.IsReady, Queries = queries, MatcherOf = node.MatcherOf,
            };
            var engine = TributarySchema.NewEngine(counted, TimeProvider.System, new GraphQLOptions());

            var result = await engine.ExecuteAsync(
                new GraphQLRequest("{ messages(first: 50) { nodes { item { itemId lastMessage { messageId } } } } }") { State = new RequestLimits(1 << 20) });

            var nodes = JsonElement.Parse(result.ToString()).GetProperty("data").GetProperty("messages").GetProperty("nodes");
            Assert.Equal(Enumerable.Range(0, 50).Select(n => $"i-{n}"), nodes.EnumerateArray().Select(one => one.GetProperty("item").GetProperty("itemId").GetString()));
            Assert.Equal(["QueryMessages", "FindItems 50", "FindMessages 50"], queries.Calls);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    private sealed class CountingQueries(IMessageQueries inner) : IMessageQueries
    {
        public List<string> Calls { get; } = [];

        public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation)
        {
            Calls.Add("QueryMessages");
            return inner.QueryMessagesAsync(query, cancellation);
        }

        public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation)
        {
            Calls.Add("CountMessages");
            return inner.CountMessagesAsync(filter, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(IReadOnlyList<MessageId> ids, CancellationToken cancellation)
        {
            Calls.Add($"FindMessages {ids.Count}");
            return inner.FindMessagesAsync(ids, cancellation);
        }

        public ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
        {
            Calls.Add($"FindItems {ids.Count}");
            return inner.FindItemsAsync(ids, cancellation);
        }

        public ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(string? after, string? prefix, int limit, CancellationToken cancellation) =>
            inner.ReadItemsAsync(after, prefix, limit, cancellation);

        public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(Guid? before, int limit, CancellationToken cancellation) =>
            inner.ReadFailuresAsync(before, limit, cancellation);

        public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(ReminderMark after, int limit, CancellationToken cancellation) =>
            inner.ReadPendingRemindersAsync(after, limit, cancellation);
    }
}
