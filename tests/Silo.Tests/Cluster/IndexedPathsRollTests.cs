using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Tributary.Silo.Tests.Running;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>
/// A silo that names one more indexed path joins one that runs, under load: from one position on both extract it, and
/// every search finds what a recount finds.
/// </summary>
public sealed class IndexedPathsRollTests(PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>
{
    private const int ProducersCount = 4;
    private const int ValuesCount = 5;
    private const string Values = "select count(*) from indexed_values v, p where v.path = p.id";

    private readonly ConcurrentBag<string> acknowledged = [];
    private readonly ManualResetEventSlim isOver = new();
    private volatile TributaryProcess[] processes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_path_that_another_silo_brings_is_extracted_by_the_silo_that_ran_before()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var first = await StartAsync(connection, "[/a]");
        processes = [first];
        var producers = Enumerable.Range(0, ProducersCount)
            .Select(number => Task.Run(() => ProduceAsync(number), Cancellation)).ToList();
        await UntilMoreAsync(200);

        await using var second = await StartAsync(connection, "[/a, /b]");
        processes = [first, second];
        await UntilMoreAsync(400);
        isOver.Set();
        await Task.WhenAll(producers);

        var valuesCount = await ScalarAsync(connection, OfPath(Values));
        for (var i = 0; i < 20; i++)
            Assert.True(await TryAsync(first, $"last/{i}", i));
        Assert.Equal(valuesCount + 20, await ScalarAsync(connection, OfPath(Values)));
        await CheckSpanAsync(connection);
        foreach (var process in processes)
        {
            using var http = new HttpClient { BaseAddress = process.Address };
            await CheckSearchAsync(http);
        }

        output.WriteLine($"{acknowledged.Count} messages were acknowledged.");
        Assert.Equal(0, await second.StopAsync(Cancellation));
        // The silo that stays stops extracting what nobody names any more, without a restart.
        await Waiting.UntilAsync(async () => await ScalarAsync(
            connection, OfPath("select count(*) from indexed_spans s, p where s.path = p.id and s.until is not null"))
            == 1);
        Assert.True(await TryAsync(first, "after", 0));
        using var only = new HttpClient { BaseAddress = first.Address };
        await CheckSearchAsync(only);
        Assert.Equal(0, await first.StopAsync(Cancellation));
    }

    // One span, that of messages which all have the value; those of the first silo's time alone lie below.
    private static async Task CheckSpanAsync(string connection)
    {
        Assert.Equal(1, await ScalarAsync(
            connection, OfPath("select count(*) from indexed_spans s, p where s.path = p.id and s.until is null")));
        Assert.Equal(0, await ScalarAsync(
            connection,
            OfPath(
                """
                select count(*) from messages m, indexed_spans s, p where s.path = p.id and m.position >= s.since
                    and not exists(select from indexed_values v where v.path = p.id and v.position = m.position)
                """)));
        Assert.True(await ScalarAsync(
            connection,
            OfPath("select count(*) from messages m, indexed_spans s, p where s.path = p.id and m.position < s.since"))
            >= 200);
    }

    private static async Task CheckSearchAsync(HttpClient http)
    {
        var stored = await StoredMessages.ReadAllAsync(http, Cancellation);
        for (var value = 0; value < ValuesCount; value++)
        {
            var expected = stored.Count(message => message.GetProperty("b").GetInt32() == value);
            Assert.Equal(expected, await CountAsync(http, value));
        }
    }

    private static async Task<int> CountAsync(HttpClient http, int value)
    {
        var (count, after) = (0, "");
        while (true)
        {
            var query = $$$"""
                { messages(first: 100{{{after}}}, filter: { body: { path: "/b", eq: {{{value}}} } }) {
                    nodes { messageId } pageInfo { hasNextPage endCursor } } }
                """;
            using var answer = await http.PostAsJsonAsync(
                new Uri("graphql", UriKind.Relative), new Dictionary<string, string> { ["query"] = query },
                Cancellation);
            var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation))
                .GetProperty("data").GetProperty("messages");
            count += page.GetProperty("nodes").GetArrayLength();
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                return count;
            after = $", after: \"{info.GetProperty("endCursor").GetString()}\"";
        }
    }

    private static string OfPath(string sql) =>
        $"with p as (select id from indexed_paths where pointer = '/b') {sql}";

    private static async Task<long> ScalarAsync(string connection, string sql)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, database);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    private async Task ProduceAsync(int number)
    {
        for (var i = 0; !isOver.IsSet; i++)
        {
            var key = $"{number}/{i}";
            while (!await TryAsync(processes[i % processes.Length], key, i))
                await Task.Yield();
            acknowledged.Add(key);
        }
    }

    private static async Task<bool> TryAsync(TributaryProcess process, string key, int i)
    {
        using var content = new StringContent(
            $$"""{"a":{{i % 3}},"b":{{i % ValuesCount}}}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(process.Address, "api/v1/messages"))
        {
            Content = content,
            Headers = { { "Idempotency-Key", key } },
        };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancellation);
        return answer.IsSuccessStatusCode;
    }

    private Task UntilMoreAsync(int count)
    {
        var before = acknowledged.Count;
        return Waiting.UntilAsync(() => acknowledged.Count >= before + count);
    }

    private static Task<TributaryProcess> StartAsync(string connection, string paths)
    {
        var environment = ClusterProcesses.EnvironmentOf(connection);
        environment["TRIBUTARY__INDEXED_PATHS"] = paths;
        return TributaryProcess.StartNewAsync(environment, ClusterProcesses.Arguments, Cancellation);
    }
}
