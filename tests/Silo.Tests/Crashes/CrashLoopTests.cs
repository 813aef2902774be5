using System.Text.Json;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Crashes;

/// <summary>
/// A message that ends the process makes no crash loop: it is parked when the process ended with it alone, and nobody
/// else is, whoever ran at the same time and however often somebody kills the process.
/// </summary>
public sealed class CrashLoopTests(ITestOutputHelper output)
{
    private const int BystandersCount = 12;
    private const int KilledCount = 200;
    private const int KillsCount = 3;

    // About twice as many as are in flight at one time: those that ran at one kill have ended before the next.
    private const int ProgressCount = 30;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_plugin_that_fails_fast_parks_its_message_and_nobody_else_on_SQLite() => RunAsync("fail fast");

    [Fact]
    public async Task A_plugin_that_overflows_the_stack_parks_its_message_and_nobody_else_on_PostgreSQL()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await RunAsync("overflow", "--database", "postgres", "--connection", await cluster.CreateDatabaseAsync());
    }

    private async Task RunAsync(string poison, params string[] arguments)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TRIBUTARY_TEST_SEED"), out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"TRIBUTARY_TEST_SEED={seed}");
        await using var ending = await EndingServer.StartNewAsync(arguments);
        await KillAsync(ending, new Random(seed));

        // The poison waits for its place behind bystanders, so that the process lives until all are stored.
        await ending.PostManyAsync("bystander", BystandersCount);
        var told = await ending.PostPoisonAsync("poison", poison);
        var ends = await ending.LiveUntilAsync(ledger =>
            Count(ledger, "parked") > 0 && Count(ledger, "processing") == 0);

        Assert.Equal(3, ends);
        await CheckAsync(ending, completed: KilledCount + BystandersCount, parked: 1);
        var failure = Assert.Single(await ending.Server.FailuresAsync());
        var id = Text(failure, "message")!;
        Assert.Equal(
            (told ?? id, "PARKED", "execute"),
            (Text(failure, "message"), Text(failure, "status"), Text(failure, "step")));
        Assert.StartsWith("ended_the_process: ", Text(failure, "error"), StringComparison.Ordinal);

        await RetryAsync(ending, id);
    }

    // Kills at random moments while messages are processed: nobody is parked.
    private static async Task KillAsync(EndingServer ending, Random random)
    {
        await ending.PostManyAsync("killed", KilledCount);
        for (var kill = 0; kill < KillsCount; kill++)
        {
            // A start on a busy machine may have done much before it answers.
            long? goal = null;
            await ending.LiveUntilAsync(ledger =>
                Count(ledger, "completed")
                >= (goal ??= Math.Min(KilledCount, Count(ledger, "completed") + (kill == 0 ? 1 : ProgressCount))));
            await Task.Delay(random.Next(400), Cancellation);
            await ending.Server.Process.KillAsync(Cancellation);
        }

        Assert.Equal(1, await ending.LiveUntilAsync(ledger => Count(ledger, "completed") == KilledCount));
        await CheckAsync(ending, completed: KilledCount, parked: 0);
    }

    // What is tried again on demand counts anew, and is done when its content does no harm any more.
    private static async Task RetryAsync(EndingServer ending, string id)
    {
        await ending.Server.WriteAsync("poison.txt", "slow");
        using var answer = await ending.Server.Http.PostAsync(
            new Uri($"api/v1/messages/{id}/retry", UriKind.Relative), null, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(
            0, await ending.LiveUntilAsync(ledger => Count(ledger, "completed") == KilledCount + BystandersCount + 1));
        await CheckAsync(ending, completed: KilledCount + BystandersCount + 1, parked: 0);
    }

    private static async Task CheckAsync(EndingServer ending, int completed, int parked)
    {
        using var ledger = JsonDocument.Parse(
            await ending.Server.Http.GetStringAsync(
                new Uri("api/v1/ledger?verify=true", UriKind.Relative), Cancellation));
        var root = ledger.RootElement;
        Assert.True(
            root.GetProperty("balances").GetBoolean() && root.GetProperty("matches").GetBoolean(), root.GetRawText());
        Assert.Equal(
            (completed + parked, completed, parked, 0, 0),
            ((int)Count(root, "accepted"), (int)Count(root, "completed"), (int)Count(root, "parked"),
                (int)Count(root, "retrying"), (int)Count(root, "skipped")));
    }

    private static long Count(JsonElement ledger, string status) => ledger.GetProperty(status).GetInt64();

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
