using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;

namespace Tributary.Silo.Tests.Running;

/// <summary>One process takes and processes, another one serves, on one database.</summary>
public sealed class RolesTests(PeersFixture peers) : IClassFixture<PeersFixture>
{
    private const string Main = """
        database: {type: postgres, connection: {name: '${PG_NAME}', port: '${PG_PORT}', user: postgres,
          host: localhost}}
        broker: {type: rabbitmq, host: 127.0.0.1, port: '${RABBIT_PORT}', queue: q_roles}
        message: {fields: {uuid: {key: id}, data_location: {key: path}}}
        data_store: {type: disk, root: '${CONTENT}'}
        aggregates: [{name: by-kind, group: [{name: kind, pointer: /kind}], measures: [{name: count, kind: count}]}]

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_that_was_there_first_serves_what_a_silo_commits_later()
    {
        var environment = await peers.NewEnvironmentAsync();
        await using var api = await PipelineServer.StartNewAsync(Main, environment, null, "--roles", "api");
        Assert.Contains("reads only", api.Process.Output, StringComparison.Ordinal);
        Assert.Empty((await ReadAsync(api, "api/v1/aggregates")).GetProperty("aggregates").EnumerateArray());
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{api.Process.Address.Authority}/ws/v1/"), Cancellation);

        await using var silo = await PipelineServer.StartNewAsync(Main, environment, null, "--roles", "silo");
        await silo.WriteAsync("a.txt", "hello");
        await new Publisher(peers.Rabbit.Port, "", "q_roles").PublishAsync(
            [("m-1", """{"id":"item-1","path":"a.txt","kind":"x"}""")], Cancellation);

        var frame = new byte[1024];
        var received = await socket.ReceiveAsync(frame, Cancellation);
        Assert.Equal("item-1", JsonElement.Parse(frame.AsSpan(0, received.Count)).GetProperty("id").GetString());
        await api.WaitAsync("completed", 1);
        // What the silo registered is seen with the next look, once a second.
        await WaitForAggregateAsync(api, "by-kind");
        Assert.Equal(5, (await api.RecordAsync("sizes", "item-1")).GetProperty("bytes").GetInt32());
        Assert.Equal(1, (await ReadAsync(api, "api/v1/items/item-1")).GetProperty("messages").GetInt32());
        Assert.Single(
            (await ReadAsync(api, "api/v1/messages?offset=0&limit=10")).GetProperty("messages").EnumerateArray());
        Assert.Equal(
            1,
            Assert
                .Single(await StoredMessages.ReadAggregateAsync(api.Http, "by-kind", Cancellation))
                .GetProperty("count")
                .GetInt32());
        Assert.Equal(
            1,
            Assert
                .Single(await StoredMessages.ReadAggregateAsync(api.Http, "sizes", Cancellation))
                .GetProperty("count")
                .GetInt32());
        var answer = await QueryAsync(
            api, """{ aggregates(name: \"by-kind\") { nodes { count } } item(id: \"item-1\") { messageCount } }""");
        Assert.Equal("""{"data":{"aggregates":{"nodes":[{"count":1}]},"item":{"messageCount":1}}}""", answer);
    }

    [Fact]
    public async Task An_API_alone_says_of_what_would_change_something_where_it_works()
    {
        await using var api = await PipelineServer.StartNewAsync(
            Main, await peers.NewEnvironmentAsync(), null, "--roles", "api");
        var (status, problem) = await PostAsync(api, "api/v1/messages", "application/json", """{"id":"item-1"}""");
        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.Contains("a process with both roles", problem, StringComparison.Ordinal);
        Assert.Equal("roles_apart", JsonElement.Parse(problem).GetProperty("code").GetString());

        var (_, lines) = await PostAsync(
            api, "api/v1/messages/batch", "application/x-ndjson", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");
        Assert.All(lines.TrimEnd().Split('\n'), line =>
            Assert.Equal("roles_apart", JsonElement.Parse(line).GetProperty("code").GetString()));
        Assert.Contains(
            "role api only",
            await QueryAsync(api, """mutation { publish(input: {source: \"s\", body: \"{}\"}) { receipt { id } } }"""),
            StringComparison.Ordinal);
        Assert.Equal(0, await api.Process.StopAsync(Cancellation));
    }

    [Fact]
    public async Task A_silo_alone_serves_its_health_and_says_so()
    {
        await using var silo = await PipelineServer.StartNewAsync(
            Main, await peers.NewEnvironmentAsync(), null, "--roles", "silo");
        Assert.Contains("/health only", silo.Process.Output, StringComparison.Ordinal);
        Assert.Equal("live", (await ReadAsync(silo, "health/live")).GetProperty("status").GetString());
        foreach (var path in new[] { "",
            "api/v1/messages?offset=0&limit=1", "graphql", "ws/v1/", "openapi/v1.json", "docs" })
        {
            using var answer = await silo.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
            Assert.Contains(
                "roles_apart", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.Equal(0, await silo.Process.StopAsync(Cancellation));
    }

    [Fact]
    public async Task A_demo_needs_the_role_that_takes_it()
    {
        using var folder = new TemporaryFolder();
        var (code, errors, _) = await Executable.RunAsync(
            folder.Path,
            ["--demo", "--roles", "api", "--database", "postgres", "--connection", "Host=127.0.0.1;Port=1"],
            environment: null,
            Cancellation);
        Assert.Equal(2, code);
        Assert.Contains("option --demo: roles: found the role api only", errors, StringComparison.Ordinal);
    }

    private static Task<JsonElement> ReadAsync(PipelineServer server, string path) =>
        StoredMessages.ReadAsync(server.Http, path, Cancellation);

    private static async Task<string> QueryAsync(PipelineServer server, string query) =>
        (await PostAsync(server, "graphql", "application/json", $$"""{"query":"{{query}}"}""")).Body;

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        PipelineServer server, string path, string mediaType, string text)
    {
        using var body = new StringContent(text, Encoding.UTF8, mediaType);
        using var answer = await server.Http.PostAsync(new Uri(path, UriKind.Relative), body, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The API looks every second for definitions that silos registered.</summary>
    private static async Task WaitForAggregateAsync(PipelineServer api, string name)
    {
        while (!(await ReadAsync(api, "api/v1/aggregates"))
                .GetProperty("aggregates")
                .EnumerateArray()
                .Any(one => one.GetProperty("name").GetString() == name))
            await Task.Delay(20, Cancellation);
    }
}
