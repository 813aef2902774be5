using System.Net;

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

    private static async Task PostAsync(HttpClient http, TributaryProcess process, string key) =>
        Assert.Equal(HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, process, key));
}
