using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tributary.Silo.Commands;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>The command <c>drain</c> at real processes, as an operator uses it.</summary>
public sealed class DrainTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Key = "the-key-of-the-operators";
    private const int WritersCount = 6;

    private readonly HttpClient http = new()
    {
        Timeout = TimeSpan.FromMinutes(4),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
    };

    private int takenCount;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drained_silo_owns_nothing_serves_all_and_takes_over_when_the_other_is_lost()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var environment = ClusterProcesses.EnvironmentOf(connection);
        environment["TRIBUTARY__API__KEYS"] = $"[{Key}]";
        await using var first = await StartAsync(environment);
        await using var second = await StartAsync(environment);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        var drained = (await SilosAsync(second)).MinBy(static silo => silo.Id).Id;

        using (var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var writing = Enumerable.Range(0, WritersCount)
                .Select(writer => WriteAsync(writer % 2 == 0 ? first : second, writer, over.Token)).ToList();
            await UntilMoreAsync(writing);

            var (code, errors, output) = await RunAsync(first);

            Assert.True(code == 0, output);
            Assert.Equal("", errors);
            Assert.Contains(
                $"Silo {drained} is cordoned and owns no partition; it serves requests as before.", output,
                StringComparison.Ordinal);
            var share = await ClusterProcesses.SharesAsync(connection);
            Assert.Equal((0, 256), (share[drained], share.Values.Max()));
            await UntilMoreAsync(writing);
            // Nothing has come back meanwhile, and any process shows it.
            Assert.Equal(0, (await ClusterProcesses.SharesAsync(connection))[drained]);
            var shown = (await SilosAsync(second)).Single(silo => silo.Id == drained);
            Assert.Equal((true, 0, "GIVEN"), (shown.IsCordoned, shown.PartitionCount, shown.LastMove));

            // The other one is the last: it keeps its partitions.
            var refused = await RunAsync(second, "--url", second.Address.GetLeftPart(UriPartial.Authority));
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("(last_silo)", refused.Errors, StringComparison.Ordinal);

            await over.CancelAsync();
            await Task.WhenAll(writing);
        }

        // Partitions without an owner would serve nobody: a cordoned silo takes them when no other is left.
        await second.KillAsync(Cancellation);
        await Waiting.UntilAsync(async () =>
            (await ClusterProcesses.SharesAsync(connection)).GetValueOrDefault(drained) == 256);
        Assert.Equal(HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, first, "alone"));
        await second.StartAsync(Cancellation);
        await Waiting.UntilAsync(async () =>
            (await ClusterProcesses.SharesAsync(connection)).GetValueOrDefault(drained, -1) == 0);

        Assert.Equal(0, (await RunAsync(first, "--undo")).ExitCode);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        Assert.Equal(takenCount + 1, await ClusterProcesses.AcceptedAsync(http, second));

        // By its id a silo is drained from the address of another, which then stops in order and hands all over.
        Assert.Equal(0, (await RunAsync(
            second, "--silo", drained.ToString(CultureInfo.InvariantCulture))).ExitCode);
        Assert.Equal(0, (await ClusterProcesses.SharesAsync(connection))[drained]);
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var writing = Enumerable.Range(WritersCount, WritersCount)
                .Select(writer => WriteAsync(first, writer, over.Token)).ToList();
            await UntilMoreAsync(writing);
            Assert.Equal(0, await second.StopAsync(Cancellation));
            await UntilMoreAsync(writing);
            await over.CancelAsync();
            await Task.WhenAll(writing);
        }

        // A restart uncordons as well: the next silo shares with this one.
        Assert.Equal(0, await first.StopAsync(Cancellation));
        await first.StartAsync(Cancellation);
        await second.StartAsync(Cancellation);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        Assert.Equal(takenCount + 1, await ClusterProcesses.AcceptedAsync(http, first));
    }

    [Fact]
    public async Task What_cannot_be_drained_is_told_in_a_sentence()
    {
        await using var alone = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__API__KEYS"] = $"[{Key}]" }, [], Cancellation);

        var refused = await RunAsync(alone);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is the last one that can own partitions", refused.Errors, StringComparison.Ordinal);
        var unknown = await RunAsync(alone, "--silo", "4711");
        Assert.Contains("(silo_not_found)", unknown.Errors, StringComparison.Ordinal);
        var stranger = await RunAsync(alone, "--key", "another-key-of-sixteen");
        Assert.Contains("(unauthorized)", stranger.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(alone, "--url", "nowhere")).ExitCode);

        await alone.StopAsync(Cancellation);
        var silent = await RunAsync(alone);
        Assert.Equal(1, silent.ExitCode);
        Assert.Contains("does not answer", silent.Errors, StringComparison.Ordinal);
    }

    private static Task<TributaryProcess> StartAsync(Dictionary<string, string> environment) =>
        TributaryProcess.StartNewAsync(environment, ClusterProcesses.Arguments, Cancellation);

    private static Task<(int ExitCode, string Errors, string Output)> RunAsync(
        TributaryProcess process, params string[] more) =>
        Executable.RunAsync(
            Path.GetTempPath(),
            more.Contains("--url")
                ? ["drain", .. more]
                : ["drain", "--url", process.Address.GetLeftPart(UriPartial.Authority), .. more],
            new Dictionary<string, string> { [DrainCommand.KeyVariable] = Key }, Cancellation);

    // Every message is taken, and every read answered, while partitions move.
    private async Task WriteAsync(TributaryProcess process, int writer, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            Assert.Equal(
                HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, process, $"{writer}-{i}"));
            Interlocked.Increment(ref takenCount);
            using var page = await http.GetAsync(
                new Uri(process.Address, "api/v1/messages?offset=0&limit=1"), Cancellation);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
    }

    private async Task UntilMoreAsync(List<Task> writing)
    {
        var wanted = takenCount + 200;
        await Waiting.UntilAsync(() => takenCount >= wanted || writing.Exists(static one => one.IsFaulted));
    }

    private async Task<List<(long Id, bool IsCordoned, int PartitionCount, string? LastMove)>> SilosAsync(
        TributaryProcess process)
    {
        var cluster = JsonElement.Parse(
            await http.GetStringAsync(new Uri(process.Address, "api/v1/cluster"), Cancellation));
        return
        [
            .. cluster.GetProperty("silos").EnumerateArray().Select(static silo => (
                silo.GetProperty("id").GetInt64(), silo.GetProperty("isCordoned").GetBoolean(),
                silo.GetProperty("partitionCount").GetInt32(),
                silo.GetProperty("moves").EnumerateArray().Select(static move => move.GetProperty("kind").GetString())
                    .FirstOrDefault())),
        ];
    }
}
