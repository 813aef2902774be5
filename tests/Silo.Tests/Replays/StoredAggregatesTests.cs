using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Running;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Replays;

/// <summary>
/// The configuration changes between starts: what is stored and not counted any more, and what is new and empty, is
/// said wherever aggregates are shown.
/// </summary>
public sealed class StoredAggregatesTests
{
    private const string First =
        "[{name: left, measures: [{name: n, kind: count}]}, {name: changed, group: [{name: g, pointer: /g}], measures: "
        + "[{name: n, kind: count}]}]";
    private const string Second =
        "[{name: fresh, measures: [{name: n, kind: count}]}, {name: changed, group: [{name: h, pointer: /h}], "
        + "measures: [{name: n, kind: count}]}]";
    private const string NotCounted = "is stored and not counted";
    private const string StartsEmpty = "is new and starts empty: the 3 messages stored before";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_left_the_configuration_is_shown_as_stored_and_not_counted_on_SQLite() =>
        RunAsync([], checkReader: false);

    [Fact]
    public async Task What_left_the_configuration_is_shown_as_stored_and_not_counted_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await RunAsync(["--database", "postgres", "--connection", await cluster.CreateDatabaseAsync()],
            checkReader: true);
    }

    private static async Task RunAsync(string[] arguments, bool checkReader)
    {
        var environment = new Dictionary<string, string> { ["TRIBUTARY__AGGREGATES"] = First };
        await using var server = await TributaryProcess.StartNewAsync(environment, arguments, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var reprocessing = new Reprocessing(http, Cancellation);
        await reprocessing.StoreAsync(["{\"g\":1,\"h\":2}", "{\"g\":1,\"h\":2}", "{\"g\":1,\"h\":2}"]);
        Assert.Equal("left:true changed:true", await ListedAsync(http));
        Assert.Equal(0, await server.StopAsync(Cancellation));
        Assert.DoesNotContain(NotCounted, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("starts empty", server.Output, StringComparison.Ordinal);

        environment["TRIBUTARY__AGGREGATES"] = Second;
        var said = await StartedAsync(server);
        Assert.Contains($"Aggregate left {NotCounted}", said, StringComparison.Ordinal);
        Assert.Contains($"Aggregate fresh {StartsEmpty}", said, StringComparison.Ordinal);
        Assert.Contains("POST /api/v1/reprocess?aggregate=fresh", said, StringComparison.Ordinal);
        Assert.DoesNotContain($"Aggregate changed {NotCounted}", said, StringComparison.Ordinal);
        Assert.DoesNotContain($"Aggregate changed {StartsEmpty}", said, StringComparison.Ordinal);
        Assert.Equal("fresh:true changed:true left:false", await ListedAsync(http));
        Assert.Equal("fresh:true changed:true left:false", await DefinedAsync(http));
        Assert.Equal("1*:fed:configured", await GenerationsAsync(http, "fresh"));
        Assert.Equal("1*:fed 2:fed:configured", await GenerationsAsync(http, "changed"));
        Assert.Equal("1*", await GenerationsAsync(http, "left"));
        Assert.Equal("generation_not_found", await reprocessing.RefusedAsync("api/v1/reprocess?aggregate=left"));

        // What is stored stays as it is; what is new counts from now on, and all when that is asked for.
        await reprocessing.StoreAsync(["{\"g\":1,\"h\":2}"]);
        Assert.Equal((3, false), await CountAsync(http, "left"));
        Assert.Equal((1, true), await CountAsync(http, "fresh"));
        await reprocessing.BeginAsync("aggregate=fresh");
        Assert.Equal("COMPLETED",
            (await reprocessing.WaitAsync("fresh", Reprocessing.Ended)).GetProperty("status").GetString());
        Assert.Equal((4, true), await CountAsync(http, "fresh"));
        if (checkReader)
            await CheckReaderAsync(arguments);
        Assert.Equal(0, await server.StopAsync(Cancellation));

        environment.Remove("TRIBUTARY__AGGREGATES");
        said = await StartedAsync(server);
        Assert.All(new[] { "left", "changed", "fresh" }, name =>
            Assert.Contains($"Aggregate {name} {NotCounted}", said, StringComparison.Ordinal));
        Assert.Equal("changed:false fresh:false left:false",
            string.Join(' ', (await ListedAsync(http)).Split(' ').Order(StringComparer.Ordinal)));
        await reprocessing.StoreAsync(["{\"g\":1,\"h\":2}"]);
        Assert.Equal((4, false), await CountAsync(http, "fresh"));
        Assert.Equal(0, await server.StopAsync(Cancellation));

        environment["TRIBUTARY__AGGREGATES"] = First;
        said = await StartedAsync(server);
        Assert.Contains($"Aggregate fresh {NotCounted}", said, StringComparison.Ordinal);
        Assert.DoesNotContain($"Aggregate left {NotCounted}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("starts empty", said, StringComparison.Ordinal);
        await reprocessing.StoreAsync(["{\"g\":1,\"h\":2}"]);
        Assert.Equal((4, true), await CountAsync(http, "left"));
        await reprocessing.BeginAsync("aggregate=left");
        Assert.Equal("COMPLETED",
            (await reprocessing.WaitAsync("left", Reprocessing.Ended)).GetProperty("status").GetString());
        Assert.Equal((6, true), await CountAsync(http, "left"));
    }

    /// <summary>A process that only reads shows what is stored, and what silos count.</summary>
    private static async Task CheckReaderAsync(string[] arguments)
    {
        await using var reader = await TributaryProcess.StartNewAsync(null, [.. arguments, "--roles", "api"],
            Cancellation);
        using var http = new HttpClient { BaseAddress = reader.Address };
        Assert.Equal("changed:true fresh:true left:false",
            string.Join(' ', (await ListedAsync(http)).Split(' ').Order(StringComparer.Ordinal)));
        Assert.DoesNotContain(NotCounted, reader.Output, StringComparison.Ordinal);
    }

    /// <summary>What the log says of this start alone.</summary>
    private static async Task<string> StartedAsync(TributaryProcess server)
    {
        var before = server.Output.Length;
        await server.StartAsync(Cancellation);
        return server.Output[before..];
    }

    private static async Task<string> ListedAsync(HttpClient http) => string.Join(
        ' ',
        (await StoredMessages.ReadAsync(http, "api/v1/aggregates",
            Cancellation)).GetProperty("aggregates").EnumerateArray()
        .Select(one => $"{one.GetProperty("name").GetString()}:{one.GetProperty("isFed").GetRawText()}"));

    private static async Task<string> DefinedAsync(HttpClient http)
    {
        using var content = new StringContent("""{"query":"{ definitions { name isFed } }"}""", Encoding.UTF8,
            "application/json");
        using var answer = await http.PostAsync(new Uri("graphql", UriKind.Relative), content, Cancellation);
        var data = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).GetProperty("data");
        return string.Join(' ', data.GetProperty("definitions").EnumerateArray().Select(one =>
            $"{one.GetProperty("name").GetString()}:{one.GetProperty("isFed").GetRawText()}"));
    }

    private static async Task<string> GenerationsAsync(HttpClient http, string name) => string.Join(
        ' ',
        (await StoredMessages.ReadAsync(http, "api/v1/generations",
            Cancellation)).GetProperty("generations").EnumerateArray()
        .Where(one => one.GetProperty("name").GetString() == name)
        .Select(one => one.GetProperty("generation").GetRawText() + (one.GetProperty("isLive").GetBoolean() ? "*" : "")
            + (one.GetProperty("isFed").GetBoolean() ? ":fed" : "") + (one.GetProperty("isConfigured").GetBoolean()
                ? ":configured" : "")));

    private static async Task<(int Count, bool IsFed)> CountAsync(HttpClient http, string name)
    {
        var page = await StoredMessages.ReadAsync(http, $"api/v1/aggregates/{name}?limit=1", Cancellation);
        return (page.GetProperty("rows")[0].GetProperty("count").GetInt32(), page.GetProperty("isFed").GetBoolean());
    }
}
