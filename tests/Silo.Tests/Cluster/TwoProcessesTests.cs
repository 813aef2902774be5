using System.Net;
using System.Text;
using System.Text.Json;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Two processes of the program on one database, as the page about clusters starts them.</summary>
public sealed class TwoProcessesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_are_posted_to_either_are_stored_once_and_both_show_the_same()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var first = await StartAsync(connection);
        await using var second = await StartAsync(connection);
        using var http = new HttpClient();
        for (var i = 0; i < 8; i++)
        {
            var (process, other) = i % 2 == 0 ? (first, second) : (second, first);
            await PostAsync(http, process, $"reading-{i}");
            // The same key is a repeat, whichever process it comes to.
            await PostAsync(http, other, $"reading-{i}");
        }

        Assert.Equal(8, await AcceptedAsync(http, first));
        Assert.Equal(8, await AcceptedAsync(http, second));

        Assert.Equal(0, await first.StopAsync(Cancellation));
        await PostAsync(http, second, "reading-8");
        Assert.Equal(9, await AcceptedAsync(http, second));
        Assert.Equal(0, await second.StopAsync(Cancellation));
    }

    private static Task<TributaryProcess> StartAsync(string connection) => TributaryProcess.StartNewAsync(
        new Dictionary<string, string>
        {
            ["TRIBUTARY__DATABASE__CONNECTION"] = connection,
            ["TRIBUTARY__CLUSTER__ID"] = "readings",
            ["TRIBUTARY__CLUSTER__SILO_PORT"] = "0",
            ["TRIBUTARY__CLUSTER__GATEWAY_PORT"] = "0",
        },
        ["--database", "postgres", "--cluster", "postgres"], Cancellation);

    private static async Task PostAsync(HttpClient http, TributaryProcess process, string key)
    {
        using var content = new StringContent($$"""{"key":"{{key}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(process.Address, "api/v1/messages"))
        {
            Content = content,
            Headers = { { "Idempotency-Key", key } },
        };
        using var answer = await http.SendAsync(request, Cancellation);
        Assert.True(
            answer.StatusCode == HttpStatusCode.Accepted,
            $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancellation)}\n{process.Output}");
    }

    private static async Task<int> AcceptedAsync(HttpClient http, TributaryProcess process)
    {
        using var ledger = JsonDocument.Parse(await http.GetStringAsync(
            new Uri(process.Address, "api/v1/ledger?verify=true"), Cancellation));
        Assert.True(ledger.RootElement.GetProperty("matches").GetBoolean());
        return ledger.RootElement.GetProperty("accepted").GetInt32();
    }
}
