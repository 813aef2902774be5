using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Silos that are stopped, frozen and lost all at once, as processes on one database.</summary>
public sealed partial class LossTests(PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>
{
    private const int KeysCount = 40;

    private readonly HttpClient http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_that_was_killed_as_a_whole_starts_again_on_other_addresses()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using (var first = await ClusterProcesses.StartAsync(connection))
        await using (var second = await ClusterProcesses.StartAsync(connection))
        {
            await ClusterProcesses.UntilSharedAsync(connection, 2);
            await PostAllAsync(first, "before");
            await Task.WhenAll(first.KillAsync(Cancellation), second.KillAsync(Cancellation));
        }

        var began = Stopwatch.GetTimestamp();
        await using var third = await ClusterProcesses.StartAsync(connection);
        await PostAllAsync(third, "after");
        output.WriteLine($"Serving again after {ClusterProcesses.Since(began).TotalSeconds:0.0} s.");
        await using var fourth = await ClusterProcesses.StartAsync(connection);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        await PostAllAsync(fourth, "before");
        Assert.Equal(2 * KeysCount, await ClusterProcesses.AcceptedAsync(http, third));
        Assert.Equal(2 * KeysCount, await ClusterProcesses.AcceptedAsync(http, fourth));
    }

    [Fact]
    public async Task A_silo_that_was_frozen_for_longer_than_Orleans_waits_writes_nothing_more_and_ends()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var living = await ClusterProcesses.StartAsync(connection);
        await using var frozen = await ClusterProcesses.StartAsync(connection);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        var silo = SiloOf(frozen);

        var began = Stopwatch.GetTimestamp();
        await frozen.SignalAsync("STOP", Cancellation);
        await Waiting.UntilAsync(async () =>
            await ClusterProcesses.SharesAsync(connection) is { } shares && !shares.ContainsKey(silo)
            && shares.Values.Sum() == 256);
        await PostAllAsync(living, "while it is frozen");
        output.WriteLine($"Served by others after {ClusterProcesses.Since(began).TotalSeconds:0.0} s.");

        await frozen.SignalAsync("CONT", Cancellation);
        Assert.Equal(1, await frozen.WaitForExitAsync(Cancellation));
        await PostAllAsync(living, "after it");
        Assert.Equal(2 * KeysCount, await ClusterProcesses.AcceptedAsync(http, living));
    }

    [Fact]
    public async Task No_request_fails_while_another_silo_stops_and_starts_again()
    {
        const int RestartsCount = 3;
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var staying = await ClusterProcesses.StartAsync(connection);
        await using var restarted = await ClusterProcesses.StartAsync(connection);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        using var over = new CancellationTokenSource();
        var writing = Enumerable.Range(0, 8).Select(writer => WriteAsync(staying, $"writer {writer}", over.Token))
            .ToList();

        for (var i = 0; i < RestartsCount; i++)
        {
            Assert.Equal(0, await restarted.StopAsync(Cancellation));
            await ClusterProcesses.UntilSharedAsync(connection, 1);
            await restarted.StartAsync(Cancellation);
            await ClusterProcesses.UntilSharedAsync(connection, 2);
        }

        await over.CancelAsync();
        var written = await Task.WhenAll(writing);
        output.WriteLine(
            $"{written.Sum(static one => one.Count)} messages, the slowest after "
            + $"{written.Max(static one => one.Slowest).TotalMilliseconds:0} ms.");
        Assert.Equal(
            written.Sum(static one => one.Count), await ClusterProcesses.AcceptedAsync(http, restarted));
    }

    private static long SiloOf(TributaryProcess process) => long.Parse(
        Joined().Matches(process.Output)[^1].Groups["silo"].Value, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<(int Count, TimeSpan Slowest)> WriteAsync(
        TributaryProcess process, string name, CancellationToken over)
    {
        var (count, slowest) = (0, TimeSpan.Zero);
        while (!over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(
                HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, process, $"{name}, message {count}"));
            var took = ClusterProcesses.Since(began);
            slowest = took > slowest ? took : slowest;
            count++;
        }

        return (count, slowest);
    }

    private async Task PostAllAsync(TributaryProcess process, string name)
    {
        for (var i = 0; i < KeysCount; i++)
            Assert.Equal(HttpStatusCode.Accepted, await ClusterProcesses.PostAsync(http, process, $"{name} {i}"));
    }

    [GeneratedRegex(@"Joined as silo (?<silo>[0-9]+)\.", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Joined();
}
