using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

public abstract class QueryTests(GraphQLServerFixture fixture)
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_message_is_read_with_its_body_as_posted_and_its_item()
    {
        const string Body = "{ \"id\":\"q-1\",\n \"big\" : 123456789012345678901234567890, \"e\":\"\\u00e9\" }";
        var receipt = (await Server.DataAsync(
            "mutation($b: String!) { publish(input: {body: $b, itemPointer: \"/id\", source: \"q\"}) { receipt { "
            + "messageId itemId cursor isRepeat item { messageCount } } error { code } } }",
            new { b = Body })).GetProperty("publish").GetProperty("receipt");
        var id = receipt.GetProperty("messageId").GetString();

        var message = (await Server.DataAsync(
            "query($id: ID!) { message(id: $id) { id messageId source itemId item { itemId messageCount lastMessage { "
            + "messageId } } itemSequence receivedAt mediaType body bodyText status cursor } }",
            new { id })).GetProperty("message");

        Assert.Equal(1, receipt.GetProperty("item").GetProperty("messageCount").GetInt64());
        Assert.Equal(Body, message.GetProperty("bodyText").GetString());
        Assert.Equal(Body.Replace('\n', ' '), message.GetProperty("body").GetRawText());
        Assert.Equal("q", message.GetProperty("source").GetString());
        Assert.Equal("q-1", message.GetProperty("item").GetProperty("itemId").GetString());
        Assert.Equal(id, message.GetProperty("item").GetProperty("lastMessage").GetProperty("messageId").GetString());
        Assert.Equal("COMPLETED", message.GetProperty("status").GetString());
        Assert.Equal(receipt.GetProperty("cursor").GetString(), message.GetProperty("cursor").GetString());
        Assert.Equal(
            JsonValueKind.Null,
            (await Server.DataAsync("{ message(id: \"00000000-0000-7000-8000-000000000000\") { id } }"))
                .GetProperty("message")
                .ValueKind);
    }

    [Fact]
    public async Task Aggregates_wait_for_a_cursor()
    {
        const string Of = "name: \"cities\", group: [\"wait\"], ";
        var cursor = (await Server.DataAsync(
            """mutation { publish(input: {body: "{\"city\":\"wait\"}"}) { receipt { cursor } } }"""))
            .GetProperty("publish").GetProperty("receipt").GetProperty("cursor").GetString();

        var read = await Server.DataAsync(
            $$"""
            { aggregate({{Of}}atLeast: "{{cursor}}", deadlineMs: 1000) { count }
              aggregates({{Of}}atLeast: "{{cursor}}") { nodes { count } } }
            """);

        Assert.Equal(1, read.GetProperty("aggregate").GetProperty("count").GetInt64());
        Assert.Equal(1, read.GetProperty("aggregates").GetProperty("nodes")[0].GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task An_item_has_every_message_that_was_acknowledged()
    {
        for (var n = 1; n <= 30; n++)
        {
            await Server.DataAsync(
                $$"""mutation { publish(input: {body: "{\"id\":\"strong\",\"n\":{{n}}}", itemPointer: "/id"}) { receipt { id } } }""");
            var item = (
                await Server.DataAsync(
                    """{ item(id: "strong") { messageCount messages(last: 1) { nodes { itemSequence } } } }""")
            ).GetProperty("item");
            Assert.Equal(n, item.GetProperty("messageCount").GetInt64());
            Assert.Equal(
                n, item.GetProperty("messages").GetProperty("nodes")[0].GetProperty("itemSequence").GetInt64());
        }

        var items = (
            await Server.DataAsync(
                """{ items(prefix: "stro") { nodes { itemId messageCount } pageInfo { hasNextPage } } }""")
        ).GetProperty("items");
        Assert.Equal(
            """{"nodes":[{"itemId":"strong","messageCount":30}],"pageInfo":{"hasNextPage":false}}""",
            items.GetRawText());
        Assert.Equal(
            JsonValueKind.Null,
            (await Server.DataAsync("""{ item(id: "none") { id } }""")).GetProperty("item").ValueKind);
    }

    [Fact]
    public async Task An_aggregate_says_what_it_counted_and_which_messages_it_is_made_of()
    {
        foreach (var (city, v) in new[] { ("Ulm", "0.1"), ("Bonn", "5"), ("Ulm", "0.2") })
            await Server.AcceptAsync(
                $$"""{"city":"{{city}}","v":{{v}},"t":1517443200000}""", "/api/v1/messages?source=days");
        await Server.AcceptAsync("""{"city":"Ulm","v":7,"t":1517363399650}""", "/api/v1/messages?source=days");

        var ulm = (await Server.DataAsync(
            """{ aggregate(name: "cities", group: ["Ulm"]) { name generation group { name value } windowStart count measures { name kind value skippedCount } messages { nodes { body } pageInfo { hasNextPage scannedCount } totalCount } } }"""))
                .GetProperty("aggregate");
        Assert.Equal(
            """{"name":"cities","generation":1,"group":[{"name":"city","value":"Ulm"}],"windowStart":null,"count":3,"measures":[{"name":"n","kind":"COUNT","value":3,"skippedCount":0},{"name":"sum","kind":"SUM","value":7.3,"skippedCount":0}],""",
            ulm.GetRawText()[..ulm.GetRawText().IndexOf("\"messages\"", StringComparison.Ordinal)]);
        Assert.Equal(
            ["0.1", "0.2", "7"],
            ulm.GetProperty("messages")
                .GetProperty("nodes")
                .EnumerateArray()
                .Select(node => node.GetProperty("body").GetProperty("v").GetRawText()));
        Assert.False(ulm.GetProperty("messages").GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        Assert.True(ulm.GetProperty("messages").GetProperty("pageInfo").GetProperty("scannedCount").GetInt32() >= 4);

        var day = (await Server.DataAsync(
            """{ aggregate(name: "days", group: ["Ulm"], windowStart: "2018-02-01T05:00:00Z") { count windowStart windowEnd measures { value } messages(last: 1) { nodes { body } pageInfo { hasPreviousPage startCursor } } } }"""))
                .GetProperty("aggregate");
        Assert.Equal("2018-02-01T00:00:00Z", day.GetProperty("windowStart").GetString());
        Assert.Equal("2018-02-02T00:00:00Z", day.GetProperty("windowEnd").GetString());
        Assert.Equal("0.2", day.GetProperty("measures")[0].GetProperty("value").GetRawText());
        Assert.Equal(
            "0.2",
            day.GetProperty("messages").GetProperty("nodes")[0].GetProperty("body").GetProperty("v").GetRawText());
        Assert.True(day.GetProperty("messages").GetProperty("pageInfo").GetProperty("hasPreviousPage").GetBoolean());

        var page = (await Server.DataAsync(
            """{ aggregates(name: "days", first: 1) { nodes { windowStart } pageInfo { hasNextPage endCursor } } }"""))
            .GetProperty("aggregates");
        Assert.Equal("2018-01-31T00:00:00Z", page.GetProperty("nodes")[0].GetProperty("windowStart").GetString());
        var rest = (
            await Server.DataAsync(
                """query($a: String) { aggregates(name: "days", after: $a) { nodes { count group { value } } pageInfo { hasNextPage } } }""",
                new { a = page.GetProperty("pageInfo").GetProperty("endCursor").GetString() })
        ).GetProperty("aggregates");
        Assert.Equal(
            """[{"count":1,"group":[{"value":"Bonn"}]},{"count":2,"group":[{"value":"Ulm"}]}]""",
            rest.GetProperty("nodes").GetRawText());
        Assert.Equal(
            1,
            (
                await Server.DataAsync(
                    """{ aggregates(name: "days", group: ["Ulm"], from: "2018-02-01") { nodes { id } } }"""))
                .GetProperty("aggregates")
                .GetProperty("nodes")
                .GetArrayLength());
    }

    [Fact]
    public async Task Every_global_id_leads_back_to_its_object()
    {
        await Server.AcceptAsync("""{"city":"Node","v":1}""");
        var data = await Server.DataAsync(
            """{ messages(last: 1) { nodes { id item { id } } } aggregate(name: "cities", group: ["Node"]) { id } }""");
        var message = data.GetProperty("messages").GetProperty("nodes")[0];
        string[] ids =
        [
            message.GetProperty("id").GetString()!,
            message.GetProperty("item").GetProperty("id").GetString()!,
            data.GetProperty("aggregate").GetProperty("id").GetString()!,
        ];

        var types = new List<string>();
        foreach (var id in ids)
        {
            var node = (await Server.DataAsync(
                "query($id: ID!) { node(id: $id) { __typename id } }", new { id })).GetProperty("node");
            Assert.Equal(id, node.GetProperty("id").GetString());
            types.Add(node.GetProperty("__typename").GetString()!);
        }

        Assert.Equal(["Message", "Item", "Aggregate"], types);
        await Server.ErrorAsync(
            """{ node(id: "nonsense") { id } }""", "BAD_USER_INPUT", "nonsense", "Message, Item or Aggregate");
    }

    [Fact]
    public async Task Operators_see_definitions_the_ledger_failures_and_reminders()
    {
        var data = await Server.DataAsync(
            """
            { definitions { name generation sources group { name pointer floor } measures { name kind pointer }
              window { sizeMs by } }
              ledger(verify: true) { balances matches total { accepted completed } recount { accepted }
                bySource { source counts { accepted } } }
              failures { nodes { error } pageInfo { hasNextPage } }
              reminders(first: 1) { nodes { grainType name dueAt attempt } pageInfo { endCursor } } }
            """);

        Assert.Equal(
            ["cities", "days", "all"],
            data.GetProperty("definitions")
                .EnumerateArray()
                .Select(definition => definition.GetProperty("name").GetString()!));
        Assert.Equal(
            """{"sizeMs":86400000,"by":"EVENT"}""",
            data.GetProperty("definitions")[1].GetProperty("window").GetRawText());
        Assert.True(data.GetProperty("ledger").GetProperty("balances").GetBoolean());
        Assert.True(data.GetProperty("ledger").GetProperty("matches").GetBoolean());
        Assert.Equal("""{"nodes":[],"pageInfo":{"hasNextPage":false}}""", data.GetProperty("failures").GetRawText());
        var reminders = data.GetProperty("reminders");
        Assert.Equal("dedupe", reminders.GetProperty("nodes")[0].GetProperty("grainType").GetString());
        var after = reminders.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        Assert.Equal(
            0,
            (await Server.DataAsync("query($a: String) { reminders(after: $a) { nodes { name } } }", new { a = after }))
                .GetProperty("reminders")
                .GetProperty("nodes")
                .GetArrayLength());
    }
}

public sealed class SqliteQueryTests(GraphQLServerFixture fixture)
    : QueryTests(fixture),
        IClassFixture<GraphQLServerFixture>;

public sealed class PostgresQueryTests(PostgresGraphQLFixture fixture)
    : QueryTests(fixture),
        IClassFixture<PostgresGraphQLFixture>;
