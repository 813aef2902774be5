using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Replays;
using Tributary.Silo.Tests.Running;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>
/// The definitions of a cluster change under load, one silo after the other. Whichever silo takes a message, and
/// whatever its own configuration says, every generation equals a recount in the end.
/// </summary>
public sealed class DefinitionRollTests(PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>
{
    private const int ProducersCount = 4;

    private const string Before =
        "[{name: by-group, group: [{name: group, pointer: /group}], measures: [{name: count, kind: count}]}]";

    // One definition is another, and one is new.
    private const string After = """
        [{name: by-group, group: [{name: kind, pointer: /kind}], measures: [{name: count, kind: count}]},
         {name: by-both, group: [{name: group, pointer: /group}, {name: kind, pointer: /kind}],
          measures: [{name: count, kind: count}]}]
        """;

    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly ManualResetEventSlim isOver = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_generation_equals_a_recount_after_a_roll_under_load()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var (ofFirst, ofSecond) = (Environment(connection), Environment(connection));
        await using var first = await StartAsync(ofFirst);
        await using var second = await StartAsync(ofSecond);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        TributaryProcess[] both = [first, second];
        var producers = Enumerable.Range(0, ProducersCount)
            .Select(number => Task.Run(() => ProduceAsync(both, number), Cancellation)).ToList();

        await UntilMoreAsync(200);
        await ChangeAsync(first, ofFirst);
        // Messages that the second silo takes, which does not have the definitions itself, are counted by them as well.
        await UntilMoreAsync(200);
        using var http = new HttpClient { BaseAddress = second.Address };
        Assert.Equal("1* 2", await new Reprocessing(http, Cancellation).GenerationsAsync("by-group"));
        await ChangeAsync(second, ofSecond);
        await UntilMoreAsync(200);
        isOver.Set();
        await Task.WhenAll(producers);

        await CheckAsync(http);
        output.WriteLine($"{acknowledged.Count} messages were acknowledged.");
        Assert.Equal(0, await first.StopAsync(Cancellation));
        Assert.Equal(0, await second.StopAsync(Cancellation));
    }

    private static async Task CheckAsync(HttpClient http)
    {
        var reprocessing = new Reprocessing(http, Cancellation);
        foreach (var name in (string[])["by-group", "by-both"])
        {
            await reprocessing.BeginAsync($"aggregate={name}");
            var replay = await reprocessing.WaitAsync(name, Reprocessing.Ended);
            Assert.Equal("COMPLETED", replay.GetProperty("status").GetString());
        }

        var stored = await StoredMessages.ReadAllAsync(http, Cancellation);
        await CountAsync(http, "by-group", stored, static message => Of(message, "group"));
        await reprocessing.SwitchAsync("by-group", 2);
        await CountAsync(http, "by-group", stored, static message => Of(message, "kind"));
        await CountAsync(
            http, "by-both", stored, static message => $"{Of(message, "group")} {Of(message, "kind")}");
    }

    // Contributions of one silo to an aggregate of another are rows for a moment.
    private static async Task CountAsync(
        HttpClient http, string name, List<JsonElement> stored, Func<JsonElement, string> group)
    {
        var expected = stored.GroupBy(group).ToDictionary(static one => one.Key, static one => one.Count());
        Dictionary<string, int> found = [];
        try
        {
            await Waiting.UntilAsync(async () =>
            {
                found = (await StoredMessages.ReadAggregateAsync(http, name, Cancellation)).ToDictionary(
                    static row => string.Join(' ', row.GetProperty("group").EnumerateObject().Select(
                        static value => value.Value.ToString())),
                    static row => row.GetProperty("measures").GetProperty("count").GetInt32());
                return Show(found) == Show(expected);
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{name}: expected {Show(expected)}; found {Show(found)}");
        }
    }

    private static string Of(JsonElement message, string name) => message.GetProperty(name).ToString();

    private static string Show(Dictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(static one => one.Key).Select(static one => $"{one.Key}: {one.Value}"));

    private static async Task ChangeAsync(TributaryProcess process, Dictionary<string, string> environment)
    {
        Assert.Equal(0, await process.StopAsync(Cancellation));
        environment["TRIBUTARY__AGGREGATES"] = After;
        await process.StartAsync(Cancellation);
    }

    private async Task ProduceAsync(TributaryProcess[] both, int number)
    {
        using var http = new HttpClient();
        for (var i = 0; !isOver.IsSet; i++)
        {
            var key = $"{number}/{i}";
            var body = $$"""{"group":{{i % 3}},"kind":"{{(char)('a' + (i % 5))}}"}""";
            // Sent until it is answered: now one silo takes it, now the other, which may be starting.
            for (var turn = i; !await TryAsync(http, both[turn % 2], key, body); turn++)
                await Task.Yield();
            acknowledged.Add(key);
        }
    }

    private static async Task<bool> TryAsync(HttpClient http, TributaryProcess process, string key, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(process.Address, "api/v1/messages"))
            {
                Content = content,
                Headers = { { "Idempotency-Key", key } },
            };
            using var answer = await http.SendAsync(request, Cancellation);
            return answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task UntilMoreAsync(int count)
    {
        var before = acknowledged.Count;
        return Waiting.UntilAsync(() => acknowledged.Count >= before + count);
    }

    private static Dictionary<string, string> Environment(string connection)
    {
        var environment = ClusterProcesses.EnvironmentOf(connection);
        environment["TRIBUTARY__AGGREGATES"] = Before;
        return environment;
    }

    private static Task<TributaryProcess> StartAsync(Dictionary<string, string> environment) =>
        TributaryProcess.StartNewAsync(environment, ClusterProcesses.Arguments, Cancellation);
}
