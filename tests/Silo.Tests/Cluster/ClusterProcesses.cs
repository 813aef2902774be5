using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>What tests of clusters of real processes share: starts, posts, and looks at the database.</summary>
internal static class ClusterProcesses
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a silo of the cluster of this database, on free ports.</summary>
    /// <param name="arguments">Further arguments of the process.</param>
    public static Task<TributaryProcess> StartAsync(string connection, params string[] arguments) =>
        TributaryProcess.StartNewAsync(
            new Dictionary<string, string>
            {
                ["TRIBUTARY__DATABASE__CONNECTION"] = connection,
                ["TRIBUTARY__CLUSTER__ID"] = "readings",
                ["TRIBUTARY__CLUSTER__SILO_PORT"] = "0",
                ["TRIBUTARY__CLUSTER__GATEWAY_PORT"] = "0",
            },
            ["--database", "postgres", "--cluster", "postgres", .. arguments], Cancellation);

    /// <summary>Posts a message with a key; the status of the answer.</summary>
    /// <exception cref="HttpRequestException">The process did not answer.</exception>
    public static async Task<HttpStatusCode> PostAsync(HttpClient http, TributaryProcess process, string key)
    {
        using var content = new StringContent($$"""{"key":"{{key}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(process.Address, "api/v1/messages"))
        {
            Content = content,
            Headers = { { "Idempotency-Key", key } },
        };
        using var answer = await http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    /// <summary>The number of accepted messages, by a ledger that must match its recount.</summary>
    public static async Task<int> AcceptedAsync(HttpClient http, TributaryProcess process)
    {
        using var ledger = JsonDocument.Parse(await http.GetStringAsync(
            new Uri(process.Address, "api/v1/ledger?verify=true"), Cancellation));
        var root = ledger.RootElement;
        Assert.True(
            root.GetProperty("matches").GetBoolean() && root.GetProperty("balances").GetBoolean(), root.GetRawText());
        return root.GetProperty("accepted").GetInt32();
    }

    /// <summary>The silos that live by the database, with the number of their partitions.</summary>
    public static async Task<Dictionary<long, int>> SharesAsync(string connection)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(
            """
            select s.id, (select count(*)::int from partitions p where p.silo = s.id)
            from silos s where s.status <> 'dead'
            """,
            database);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var shares = new Dictionary<long, int>();
        while (await reader.ReadAsync(Cancellation))
            shares.Add(reader.GetInt64(0), reader.GetInt32(1));
        return shares;
    }

    /// <summary>Waits until this many silos live and each has a share of the partitions.</summary>
    public static Task UntilSharedAsync(string connection, int silosCount) => Tributary.Tests.Shared.Waiting.UntilAsync(
        async () => await SharesAsync(connection) is { } shares && shares.Count == silosCount
            && shares.Values.Sum() == 256 && shares.Values.All(static count => count > 0));

    public static TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp);
}
