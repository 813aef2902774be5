using System.Net;
using System.Text.Json;
using Npgsql;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>A process with the role api alone, as a client of a cluster of real processes.</summary>
public sealed class ApiNodeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Before = """
        aggregates: [{name: by-kind, group: [{name: kind, pointer: /kind}], measures: [{name: count, kind: count}]}]
        endpoints:
          - path: /ingest/orders
            source: shop
            item: /customer
            external_id: /order
            schema: {type: object, required: [order, customer, kind]}
        """;

    private const string Mapped = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id}, data_location: {key: path}}}
        data_store: {type: disk, root: CONTENT}
        aggregates: [{name: by-kind, group: [{name: kind, pointer: /kind}], measures: [{name: count, kind: count}]}]
        """;

    private const string After = """
        aggregates: [{name: by-kind, group: [{name: kind, pointer: /kind}],
          measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /amount}]}]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_node_waits_for_silos_and_takes_and_serves_everything_by_way_of_them()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        var config = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(config, Before, Cancellation);
        await using var api = ClusterProcesses.Launch(connection, "--config", config, "--roles", "api");
        using var caller = new ApiCaller(api);
        await UntilUnreadyAsync(caller);
        await AssertNoSiloAsync(caller, acceptedCount: 0);

        await using var silo = await ClusterProcesses.StartAsync(connection, "--config", config);
        await api.WaitUntilReadyAsync(Cancellation);
        using var direct = new ApiCaller(silo);
        var shown = Assert.Single((await caller.GetAsync("api/v1/cluster")).Body.GetProperty("silos").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("silence").ValueKind);
        var count = await TakeAsync(caller) + await RefuseAsync(caller);
        Assert.Equal(count, await AcceptedAsync(caller));
        Assert.Equal(count, await AcceptedAsync(direct));
        Assert.Equal(await KindsAsync(direct), await KindsAsync(caller));
        Assert.Equal(2, (await caller.GetAsync("api/v1/items/c-1")).Body.GetProperty("messages").GetInt32());

        Assert.Equal(0, await silo.StopAsync(Cancellation));
        await UntilUnreadyAsync(caller);
        await AssertNoSiloAsync(caller, count);

        await File.WriteAllTextAsync(config, After, Cancellation);
        await silo.StartAsync(Cancellation);
        await api.WaitUntilReadyAsync(Cancellation);
        await ReprocessAsync(caller, direct);
        Assert.Equal(HttpStatusCode.Accepted, (await caller.PostAsync("api/v1/messages", """{"kind":"z"}""")).Status);
        Assert.Equal(count + 1, await AcceptedAsync(direct));
        Assert.Equal(0, await api.StopAsync(Cancellation));
        Assert.Equal(0, await silo.StopAsync(Cancellation));
    }

    [Fact]
    public async Task Messages_by_way_of_an_API_node_are_stored_once_when_silos_are_killed_and_stopped()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        var config = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(
            config, Mapped.Replace("CONTENT", folder.Path, StringComparison.Ordinal), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a.txt"), "hello", Cancellation);
        await using var victim = await ClusterProcesses.StartAsync(connection, "--config", config);
        await using var api = ClusterProcesses.Launch(connection, "--config", config, "--roles", "api");
        await api.WaitUntilReadyAsync(Cancellation);
        // The API node has no connection to this silo until it looks for one.
        await using var other = await ClusterProcesses.StartAsync(connection, "--config", config);
        await ClusterProcesses.UntilSharedAsync(connection, silosCount: 2);
        using var caller = new ApiCaller(api);
        await ParkAndRetryAsync(caller, Path.Combine(folder.Path, "later.txt"));

        using var over = new CancellationTokenSource();
        var load = new ApiLoad(caller, over.Token);
        await load.UntilMoreAsync();
        await victim.KillAsync(Cancellation);
        await load.UntilMoreAsync();

        // A silo that stops in order fails nobody, with a key or without.
        await victim.StartAsync(Cancellation);
        await ClusterProcesses.UntilSharedAsync(connection, silosCount: 2);
        var lostCount = load.LostCount;
        Assert.Equal(0, await other.StopAsync(Cancellation));
        await load.UntilMoreAsync();
        await over.CancelAsync();
        await load.WaitAsync();
        Assert.Equal(lostCount, load.LostCount);

        // A message without a key whose silo was killed may be stored or not; the first message was posted alone.
        Assert.InRange(
            await AcceptedAsync(caller), load.AcceptedCount + 1, load.AcceptedCount + load.LostCount + 1);
        Assert.Equal(load.KeyedCount, await KeyedItemsAsync(connection));
        Assert.Equal(0, await api.StopAsync(Cancellation));
    }

    // Content that is not there yet: an operator gives the message up, and later tries it again.
    private static async Task ParkAndRetryAsync(ApiCaller caller, string file)
    {
        var (_, receipt) = await caller.PostAsync("api/v1/messages", """{"id":"late","path":"later.txt"}""");
        var path = $"api/v1/messages/{receipt.GetProperty("id").GetString()}";
        await UntilStatusAsync(caller, path, "RETRYING");
        Assert.Equal(HttpStatusCode.OK, (await caller.PostAsync(path + "/park")).Status);
        await UntilStatusAsync(caller, path, "PARKED");
        await File.WriteAllTextAsync(file, "late", Cancellation);
        Assert.Equal(HttpStatusCode.OK, (await caller.PostAsync(path + "/retry")).Status);
        await UntilStatusAsync(caller, path, "COMPLETED");
        Assert.Equal(1, (await caller.GetAsync("api/v1/items/late")).Body.GetProperty("messages").GetInt32());
    }

    private static Task UntilStatusAsync(ApiCaller caller, string message, string status) => Waiting.UntilAsync(
        async () => (await caller.GetAsync(message)).Body.GetProperty("status").GetString() == status);

    // Each keyed message has an item of its own; a second message of one would count.
    private static async Task<long> KeyedItemsAsync(string connection)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(
            "select count(*) from messages where external_hash is not null", database);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    // Returns how many messages were stored.
    private static async Task<int> TakeAsync(ApiCaller caller)
    {
        var (status, first) = await caller.PostAsync("api/v1/messages", """{"kind":"a"}""", "key-1");
        Assert.Equal(HttpStatusCode.Accepted, status);
        var (_, again) = await caller.PostAsync("api/v1/messages", """{"kind":"a"}""", "key-1");
        Assert.Equal(first.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await caller.PostAsync("api/v1/messages", """{"kind":"a"}""")).Status);

        var lines = Enumerable.Range(0, 2_000).Select(static i => $$"""{"kind":"b","n":{{i}}}""").ToList();
        for (var i = 0; i < 2; i++)
            Assert.All(await caller.PostLinesAsync(lines, "load"), static line => Assert.Equal(202, line.Status));
        Assert.All(await caller.PostLinesAsync(lines.Take(100)), static line => Assert.Equal(202, line.Status));

        const string Order = """{"order":"o-1","customer":"c-1","kind":"c"}""";
        Assert.Equal(HttpStatusCode.Accepted, (await caller.PostAsync("ingest/orders", Order)).Status);
        var published = await caller.AskAsync(
            """
            mutation { publish(input: {source: "s", body: "{\"kind\":\"d\",\"c\":\"c-1\"}", itemPointer: "/c"}) {
              receipt { item { id itemId messageCount } } error { code } } }
            """);
        var item = published.GetProperty("data").GetProperty("publish").GetProperty("receipt").GetProperty("item");
        Assert.Equal(2, item.GetProperty("messageCount").GetInt32());
        return 2 + 2_000 + 100 + 2;
    }

    private static async Task<int> RefuseAsync(ApiCaller caller)
    {
        ApiCaller.AssertRefused(
            HttpStatusCode.BadRequest, "body_not_json", await caller.PostAsync("api/v1/messages", "{"));
        ApiCaller.AssertRefused(
            HttpStatusCode.BadRequest, "body_not_object", await caller.PostAsync("api/v1/messages", "[]"));
        ApiCaller.AssertRefused(
            HttpStatusCode.UnprocessableEntity, "external_id_conflict",
            await caller.PostAsync("api/v1/messages", """{"kind":"other"}""", "key-1"));
        ApiCaller.AssertRefused(
            HttpStatusCode.BadRequest, "body_not_json", await caller.PostAsync("ingest/orders", "{"));
        ApiCaller.AssertRefused(
            HttpStatusCode.BadRequest, "body_schema_violation",
            await caller.PostAsync("ingest/orders", """{"order":"o-2","customer":"c-1"}"""));
        ApiCaller.AssertRefused(
            HttpStatusCode.BadRequest, "item_missing",
            await caller.PostAsync("ingest/orders", """{"order":"o-2","customer":null}"""));
        Assert.Equal(
            [(202, null), (400, "body_not_json"), (400, "body_not_object"), (202, null)],
            await caller.PostLinesAsync(["{}", "{", "[]", "{}"]));
        var published = await caller.AskAsync(
            """mutation { publish(input: {source: "s", body: "nothing"}) { error { code } } }""");
        Assert.Equal(
            "body_not_json",
            published.GetProperty("data").GetProperty("publish").GetProperty("error").GetProperty("code").GetString());
        return 2;
    }

    // The silo has a new definition of the aggregate: the API node builds it and switches to it.
    private static async Task ReprocessAsync(ApiCaller caller, ApiCaller direct)
    {
        ApiCaller.AssertRefused(
            HttpStatusCode.NotFound, "generation_not_found",
            await caller.PostAsync("api/v1/reprocess?aggregate=unknown"));
        Assert.Equal(
            HttpStatusCode.Accepted, (await caller.PostAsync("api/v1/reprocess?aggregate=by-kind")).Status);
        await Waiting.UntilAsync(async () => (await caller.GetAsync("api/v1/reprocess")).Body
            .GetProperty("generations").EnumerateArray()
            .Any(static one => one.GetProperty("replay").GetProperty("status").GetString() == "COMPLETED"));
        var (status, _) = await caller.PostAsync("api/v1/generations/by-kind/switch?generation=2");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(await KindsAsync(direct), await KindsAsync(caller));
        Assert.Contains("sum", await KindsAsync(caller), StringComparison.Ordinal);
    }

    private static async Task UntilUnreadyAsync(ApiCaller caller) => await Waiting.UntilAsync(async () =>
    {
        try
        {
            var (status, body) = await caller.GetAsync("health/ready");
            return status == HttpStatusCode.ServiceUnavailable
                && body.GetProperty("code").GetString() == "no_silo";
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    });

    private static async Task AssertNoSiloAsync(ApiCaller caller, int acceptedCount)
    {
        ApiCaller.AssertRefused(
            HttpStatusCode.ServiceUnavailable, "no_silo", await caller.PostAsync("api/v1/messages", "{}", "key"));
        ApiCaller.AssertRefused(
            HttpStatusCode.ServiceUnavailable, "no_silo",
            await caller.PostAsync("ingest/orders", """{"order":"o","customer":"c","kind":"k"}"""));
        ApiCaller.AssertRefused(
            HttpStatusCode.ServiceUnavailable, "no_silo", await caller.GetAsync("api/v1/items/c-1"));
        Assert.Equal([(503, "no_silo")], await caller.PostLinesAsync(["{}"]));
        // The database answers all the same.
        Assert.Equal(acceptedCount, await AcceptedAsync(caller));
    }

    private static async Task<int> AcceptedAsync(ApiCaller caller)
    {
        var ledger = (await caller.GetAsync("api/v1/ledger?verify=true")).Body;
        Assert.True(
            ledger.GetProperty("matches").GetBoolean() && ledger.GetProperty("balances").GetBoolean(),
            ledger.GetRawText());
        return ledger.GetProperty("accepted").GetInt32();
    }

    private static async Task<string> KindsAsync(ApiCaller caller) =>
        (await caller.GetAsync("api/v1/aggregates/by-kind")).Body.GetRawText();
}
