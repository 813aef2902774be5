using System.Net;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Running;

/// <summary>A server that meets a stored state which it cannot read, and one after it that can.</summary>
public sealed class UnreadableStateTests
{
    private const string Config =
        "aggregates: [{name: by-kind, group: [{name: kind, pointer: /kind}], measures: [{name: count, kind: "
        + "count}]}]\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_keeps_back_is_counted_once_when_the_state_can_be_read_on_SQLite()
    {
        await RunAsync([], (server, sql) =>
        {
            StoredRows
                .ExecuteSqlite(server.DataDirectory, sql.Replace("$junk", "X'5b'").Replace("$id", "randomblob(16)"));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task What_it_keeps_back_is_counted_once_when_the_state_can_be_read_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        var connection = await cluster.CreateDatabaseAsync();
        await RunAsync(
            ["--database", "postgres", "--connection", connection],
            (_, sql) => StoredRows.ExecutePostgresAsync(
                connection, sql.Replace("$junk", "'\\x5b'::bytea").Replace("$id", "gen_random_uuid()"), Cancellation));
    }

    private static async Task RunAsync(string[] options, Func<TributaryProcess, string, Task> change)
    {
        using var folder = new TemporaryFolder();
        var config = Path.Combine(folder.Path, "config.yaml");
        await File.WriteAllTextAsync(config, Config, Cancellation);
        await using var server = await TributaryProcess
            .StartNewAsync(environment: null, ["--config", config, .. options], Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        for (var n = 0; n < 5; n++)
            await PostAsync(http, n);
        Assert.Equal(5, await CountAsync(http));

        Assert.Equal(0, await server.StopAsync(Cancellation));
        await change(
            server, "create table kept_states as select * from aggregates; update aggregates set state = $junk");
        await server.StartAsync(Cancellation);
        for (var n = 5; n < 10; n++)
            await PostAsync(http, n);
        var held = await WaitAsync(http, "api/v1/held", body => body.GetProperty("counts").GetArrayLength() == 1);
        Assert.Equal(
            """{"type":"aggregate","code":"state_unreadable","calls":5,"reminders":0}""",
            held.GetProperty("counts")[0].GetRawText());
        var grain = Assert.Single(held.GetProperty("grains").EnumerateArray());
        Assert.Equal(("aggregate", 5), (grain.GetProperty("type").GetString(), grain.GetProperty("calls").GetInt32()));
        Assert.StartsWith("state_unreadable: The stored state of aggregate/", grain.GetProperty("error").GetString(),
            StringComparison.Ordinal);
        using (var refused = await http.GetAsync(new Uri("api/v1/aggregates/by-kind", UriKind.Relative), Cancellation))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains(
                "state_unreadable", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.Empty((await ReadAsync(http, "api/v1/failed-calls")).GetProperty("calls").EnumerateArray());
        Assert.Contains("of the grain type aggregate are held until a build starts that can make them",
            server.Output, StringComparison.Ordinal);

        // A kill and a start later it is the same, and the log says so.
        await server.KillAsync(Cancellation);
        await server.StartAsync(Cancellation);
        await WaitAsync(http, "api/v1/held", _ => server.Output.Contains(
            "5 calls or reminders of the grain type aggregate were held before", StringComparison.Ordinal));
        Assert.Equal(
            5, (await ReadAsync(http, "api/v1/held")).GetProperty("counts")[0].GetProperty("calls").GetInt32());

        Assert.Equal(0, await server.StopAsync(Cancellation));
        await change(
            server,
            """
            insert into failures(id, failed_at, partition, type, key, method, arguments, error)
                select $id, held_at, partition, type, key, method, arguments, 'test: failed'
                from held_calls order by sequence limit 1;
            delete from held_calls where sequence = (select min(sequence) from held_calls);
            update aggregates set state = (select state from kept_states); drop table kept_states
            """);
        await server.StartAsync(Cancellation);
        await WaitAsync(http, "api/v1/held", body => body.GetProperty("counts").GetArrayLength() == 0);
        Assert.Equal(9, await CountAsync(http));
        await MakeAgainAsync(http);
        Assert.Equal(10, await CountAsync(http));
        Assert.True((await ReadAsync(http, "api/v1/ledger?verify=true")).GetProperty("balances").GetBoolean());
        Assert.Equal(0, await server.StopAsync(Cancellation));
    }

    // Two ask at once, and a third by GraphQL: one of them makes it.
    private static async Task MakeAgainAsync(HttpClient http)
    {
        var call = Assert.Single((await ReadAsync(http, "api/v1/failed-calls")).GetProperty("calls").EnumerateArray());
        Assert.Equal(
            ("test: failed", 1), (call.GetProperty("error").GetString(), call.GetProperty("attempts").GetInt32()));
        var path = new Uri($"api/v1/failed-calls/{call.GetProperty("id").GetString()}/retry", UriKind.Relative);
        using var query = new StringContent(
            """{"query":"mutation { retryFailedCalls { lookedAtCount madeCount failedCount heldCount endCursor error { code } } }"}""",
            Encoding.UTF8, "application/json");
        var asked = new[]
        {
            http.PostAsync(path, null, Cancellation), http.PostAsync(path, null, Cancellation),
            http.PostAsync(new Uri("graphql", UriKind.Relative), query, Cancellation),
        };
        var texts = new List<string>();
        foreach (var answer in await Task.WhenAll(asked))
        {
            using (answer)
                texts.Add(await answer.Content.ReadAsStringAsync(Cancellation));
        }

        var made = texts.Count(text => text.Contains("\"outcome\":\"MADE\"", StringComparison.Ordinal))
            + texts.Count(text => text.Contains("\"madeCount\":1", StringComparison.Ordinal));
        Assert.True(made == 1, string.Join("\n", texts));
        Assert.Contains(texts, text => text.Contains("failed_call_not_found", StringComparison.Ordinal));
        Assert.Empty((await ReadAsync(http, "api/v1/failed-calls")).GetProperty("calls").EnumerateArray());
    }

    private static async Task PostAsync(HttpClient http, int n)
    {
        using var body = new StringContent($$"""{"kind":"x","n":{{n}}}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("api/v1/messages", UriKind.Relative), body, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<int> CountAsync(HttpClient http) =>
        Assert.Single(await StoredMessages.ReadAggregateAsync(http, "by-kind", Cancellation)).GetProperty("count")
            .GetInt32();

    private static Task<JsonElement> ReadAsync(HttpClient http, string path) =>
        StoredMessages.ReadAsync(http, path, Cancellation);

    private static Task<JsonElement> WaitAsync(HttpClient http, string path, Func<JsonElement, bool> condition) =>
        StoredMessages.WaitAsync(http, path, condition, Cancellation);
}
