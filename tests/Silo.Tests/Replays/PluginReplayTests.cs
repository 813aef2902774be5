using System.Globalization;
using Tributary.Silo.Tests.Running;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Replays;

/// <summary>
/// A plugin changes its version over stored messages; its new generation is built while messages come and the server is
/// killed. Records and aggregates of both generations equal a recount.
/// </summary>
public sealed class PluginReplayTests(ITestOutputHelper output)
{
    private const int StoredCount = 2_000;
    private const int MoreCount = 500;
    private const int Failing = 7;

    private const string Program = """
        import json, os, sys
        for line in sys.stdin:
            request = json.loads(line)
            body = json.load(open(request["content_path"]))
            value = body["value"] * request["configuration"]["factor"]
            if body["value"] == request["configuration"].get("fails") and not os.path.exists("mended"):
                answer = {"error": {"message": "not mended", "retry": True}}
            else:
                answer = {"records": [{"json": {"value": value}}],
                  "contributions": [{"aggregate": "values", "json": {"kind": body["kind"], "value": value}}]}
            answer["id"] = request["id"]
            print(json.dumps(answer), flush=True)
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_plugin_is_built_under_load_and_through_a_kill_on_SQLite() => await RunAsync();

    [Fact]
    public async Task A_changed_plugin_is_built_under_load_and_through_a_kill_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await RunAsync("--database", "postgres", "--connection", await cluster.CreateDatabaseAsync());
    }

    private async Task RunAsync(params string[] arguments)
    {
        using var folder = new Pipeline.TemporaryFolder();
        var plugin = Directory.CreateDirectory(Path.Combine(folder.Path, "plugins", "scaled")).FullName;
        var config = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(Path.Combine(plugin, "scaled.py"), Program, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(plugin, "config.yml"), PluginConfig("1", "factor: 1"), Cancellation);
        await File.WriteAllTextAsync(config, Config(Path.Combine(folder.Path, "plugins")), Cancellation);
        await using var server = await TributaryProcess.StartNewAsync(
            null, ["--config", config, .. arguments], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var reprocessing = new Reprocessing(http, Cancellation);
        await reprocessing.StoreAsync(Enumerable.Range(0, StoredCount).Select(Body));
        await reprocessing.WaitForCompletedAsync(StoredCount);
        Assert.Equal(0, await server.StopAsync(Cancellation));

        await File.WriteAllTextAsync(
            Path.Combine(plugin, "config.yml"), PluginConfig("2", $"factor: 10\n  fails: {Failing}"), Cancellation);
        await server.StartAsync(Cancellation);
        Assert.Equal("1* 2", await reprocessing.GenerationsAsync("plugin:scaled"));
        Assert.Equal("aggregate_of_plugin", await reprocessing.RefusedAsync("api/v1/reprocess?aggregate=values"));
        await reprocessing.BeginAsync("plugin=scaled");
        var killed = await reprocessing.WaitAsync("plugin:scaled", replay =>
            Reprocessing.Ended(replay) || replay.GetProperty("seen").GetInt64() > StoredCount / 10);
        Assert.False(Reprocessing.Ended(killed), "The replay ended before the kill: the test shows nothing.");
        await server.KillAsync(Cancellation);
        await server.StartAsync(Cancellation);
        await reprocessing.StoreAsync(Enumerable.Range(StoredCount, MoreCount).Select(Body));
        await reprocessing.WaitForCompletedAsync(StoredCount + MoreCount);

        // One message fails until what it needs is there; the replay tries it again by itself.
        var failed = await reprocessing.WaitAsync("plugin:scaled", replay =>
            Reprocessing.Ended(replay) || replay.GetProperty("seen").GetInt64() >= StoredCount);
        Assert.Contains(
            "not mended",
            Assert.Single(failed.GetProperty("failures").EnumerateArray()).GetProperty("error").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(
            "generation_not_built",
            await reprocessing.RefusedAsync("api/v1/generations/plugin:scaled/switch?generation=2"));
        await File.WriteAllTextAsync(Path.Combine(plugin, "mended"), "", Cancellation);
        var ended = await reprocessing.WaitAsync("plugin:scaled", Reprocessing.Ended);
        output.WriteLine(ended.GetRawText());
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        Assert.Equal(StoredCount, ended.GetProperty("counted").GetInt64());

        // What came under the new version was added to both generations: only its code exists.
        await CheckAsync(http, 1, static number => number < StoredCount ? number : number * 10L);
        await reprocessing.SwitchAsync("plugin:scaled", 2);
        await CheckAsync(http, 2, static number => number * 10L);
        await reprocessing.SwitchAsync("plugin:scaled", 1);
        await CheckAsync(http, 1, static number => number < StoredCount ? number : number * 10L);
    }

    private static string Body(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"uuid":"u-{{number}}","value":{{number}},"kind":"{{(char)('a' + (number % 5))}}"}""");

    private static string Config(string plugins) => $$$"""
        broker: {type: rest}
        message:
          parser: {type: json}
          fields: {uuid: {key: uuid, required: True}}
        plugins: '{{{plugins}}}'
        active_plugins: [scaled]
        """;

    private static string PluginConfig(string version, string configuration) => $$"""
        exec:
          name: scaled
          version: "{{version}}"
          command: python3
          arguments: [scaled.py]
          media_types: ["application/json"]
          workers: 2
          aggregates:
            - name: values
              group: [{name: kind, pointer: /kind}]
              measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /value}]
        plugin:
          {{configuration}}
        """;

    private static async Task CheckAsync(HttpClient http, int generation, Func<int, long> valueOf)
    {
        var page = await StoredMessages.ReadAsync(http, "api/v1/aggregates/values", Cancellation);
        Assert.Equal(generation, page.GetProperty("generation").GetInt32());
        var rows = page.GetProperty("rows")
            .EnumerateArray()
            .ToDictionary(row => row.GetProperty("group").GetProperty("kind").GetString()![0]);
        foreach (var kind in Enumerable.Range(0, StoredCount + MoreCount).GroupBy(number => (char)('a' + (number % 5))))
        {
            var measures = rows[kind.Key].GetProperty("measures");
            Assert.Equal(
                (kind.Count(), kind.Sum(valueOf)),
                (measures.GetProperty("count").GetInt32(), measures.GetProperty("sum").GetInt64()));
        }

        var records = new Dictionary<string, long>();
        string? after = null;
        do
        {
            var list = await StoredMessages.ReadAsync(
                http,
                $"api/v1/records/scaled?limit=1000{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}",
                Cancellation);
            foreach (var record in list.GetProperty("records").EnumerateArray())
                records.Add(
                    record.GetProperty("item").GetString()!,
                    record.GetProperty("document").GetProperty("value").GetInt64());
            after = list.GetProperty("next").GetString();
        }
        while (after is not null);
        Assert.Equal(StoredCount + MoreCount, records.Count);
        Assert.All(Enumerable.Range(0, StoredCount + MoreCount), number =>
            Assert.Equal(valueOf(number), records[$"u-{number}"]));
    }
}
