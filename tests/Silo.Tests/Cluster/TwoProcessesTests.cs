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
        await using var first = await ClusterProcesses.StartAsync(connection);
        await using var second = await ClusterProcesses.StartAsync(connection);
        using var http = new HttpClient();
        for (var i = 0; i < 8; i++)
        {
            var (process, other) = i % 2 == 0 ? (first, second) : (second, first);
            await PostAsync(http, process, $"reading-{i}");
            // The same key is a repeat, whichever process it comes to.
            await PostAsync(http, other, $"reading-{i}");
        }

        Assert.Equal(8, await ClusterProcesses.AcceptedAsync(http, first));
        Assert.Equal(8, await ClusterProcesses.AcceptedAsync(http, second));

        Assert.Equal(0, await first.StopAsync(Cancellation));
        await PostAsync(http, second, "reading-8");
        Assert.Equal(9, await ClusterProcesses.AcceptedAsync(http, second));
        Assert.Equal(0, await second.StopAsync(Cancellation));
    }

    [Fact]
    public async Task A_read_that_names_a_cursor_counts_everything_before_it_at_either_process()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var environment = ClusterProcesses.EnvironmentOf(connection);
        environment["TRIBUTARY__AGGREGATES"] =
            "[{name: by-key, group: [{name: key, pointer: /key}], measures: [{name: count, kind: count}]}]";
        await using var first = await TributaryProcess.StartNewAsync(
            new(environment), ClusterProcesses.Arguments, Cancellation);
        await using var second = await TributaryProcess.StartNewAsync(
            new(environment), ClusterProcesses.Arguments, Cancellation);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        using var http = new HttpClient();

        for (var i = 0; i < 40; i++)
        {
            // About half of the items and of the groups belong to the other process.
            var (process, other) = i % 2 == 0 ? (first, second) : (second, first);
            using var body = new StringContent($$"""{"key":"{{i}}"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(process.Address, "api/v1/messages"), body, Cancellation);
            var cursor = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation))
                .GetProperty("cursor").GetString();
            var read = JsonElement.Parse(await http.GetStringAsync(
                new Uri(other.Address, $"api/v1/aggregates/by-key?atLeast={cursor}&deadline=30000"), Cancellation));
            Assert.Equal(i + 1, read.GetProperty("rows").GetArrayLength());
        }
    }

    private static async Task PostAsync(HttpClient http, TributaryProcess process, string key) =>
        Assert.Equal(HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, process, key));
}
