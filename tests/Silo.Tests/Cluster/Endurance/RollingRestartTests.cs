using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Three silos and an API node behind a proxy are restarted one after the other while clients write and read.
/// </summary>
[Collection(nameof(RunAlone))]
public sealed class RollingRestartTests(PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>
{
    private const int SilosCount = 3;
    private const int WritersCount = 6;
    private const int ReadersCount = 3;

    private const string Aggregates =
        "[{name: by-writer, group: [{name: writer, pointer: /writer}], measures: [{name: count, kind: count}]}]";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // Clients of the proxy, which must always answer.
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(4) };
    private readonly ConcurrentBag<Answer> answers = [];
    private readonly List<(long At, string Name)> phases = [];
    private int writtenCount;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_fails_while_every_node_is_restarted()
    {
        var connection = await postgres.Server.CreateDatabaseAsync();
        var environment = ClusterProcesses.EnvironmentOf(connection);
        environment["TRIBUTARY__AGGREGATES"] = Aggregates;
        environment["TRIBUTARY__LIMITS__STOP_DELAY_SECONDS"] = "2";
        var nodes = new List<TributaryProcess>();
        try
        {
            for (var i = 0; i <= SilosCount; i++)
            {
                string[] roles = i < SilosCount ? [] : ["--roles", "api"];
                nodes.Add(await TributaryProcess.StartNewAsync(
                    new(environment), [.. ClusterProcesses.Arguments, .. roles], Cancellation));
            }

            await ClusterProcesses.UntilSharedAsync(connection, SilosCount);
            await using var proxy = await SmallProxy.StartNewAsync([.. nodes.Select(static one => one.Address)]);
            await RollAsync(nodes, proxy, connection);
            foreach (var node in nodes)
                Assert.Equal(writtenCount, await ClusterProcesses.AcceptedAsync(http, node));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private async Task RollAsync(List<TributaryProcess> nodes, SmallProxy proxy, string connection)
    {
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, WritersCount).Select(one => WriteAsync(proxy.Address, one, over.Token))
            .Concat(Enumerable.Range(0, ReadersCount).Select(_ => ReadAsync(proxy.Address, over.Token))).ToList();
        foreach (var node in nodes)
        {
            var name = $"node {1 + nodes.IndexOf(node)}";
            Begin("all run");
            await UntilMoreAsync(100, clients);
            Begin($"{name} stops");
            Assert.Equal(0, await node.StopAsync(Cancellation));
            Begin($"{name} is gone");
            await UntilMoreAsync(100, clients);
            Begin($"{name} starts");
            await node.StartAsync(Cancellation);
            Begin($"{name} takes its share");
            await ClusterProcesses.UntilSharedAsync(connection, SilosCount);
        }

        Begin("all run");
        await UntilMoreAsync(100, clients);
        await over.CancelAsync();
        await Task.WhenAll(clients);
        Report(proxy.PassedOnCount);
    }

    private void Begin(string phase) => phases.Add((Stopwatch.GetTimestamp(), phase));

    private void Report(int passedOnCount)
    {
        var sorted = answers.OrderBy(static one => one.Took).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{answers.Count} requests, {writtenCount} of them messages; {passedOnCount} went to another node; "
            + $"p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, the slowest {At(1):0} ms."));
        foreach (var (began, took, request) in sorted.TakeLast(10).Reverse())
        {
            var (at, phase) = phases.FindLast(one => one.At <= began);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{took.TotalMilliseconds,6:0} ms: {request}, {Stopwatch.GetElapsedTime(at, began).TotalSeconds:0.0} s "
                + $"after \"{phase}\" began."));
        }

        double At(double part) => sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * part)].Took.TotalMilliseconds;
    }

    private async Task UntilMoreAsync(int count, List<Task> clients)
    {
        var wanted = answers.Count + count;
        await Tributary.Tests.Shared.Waiting.UntilAsync(() =>
            answers.Count >= wanted || clients.Exists(static one => one.IsCompleted));
        foreach (var ended in clients.Where(static one => one.IsCompleted))
            await ended;
    }

    // Every second message has no key: it must not even be in doubt.
    private async Task WriteAsync(Uri proxy, int writer, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            using var content = new StringContent(
                $$"""{"writer":{{writer}},"n":{{i}}}""", Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(proxy, "api/v1/messages"))
            {
                Content = content,
            };
            if (i % 2 == 0)
                request.Headers.Add("Idempotency-Key", $"{writer}/{i}");
            await SendAsync(request, HttpStatusCode.Accepted);
            Interlocked.Increment(ref writtenCount);
        }
    }

    private async Task ReadAsync(Uri proxy, CancellationToken over)
    {
        string[] paths = ["api/v1/aggregates/by-writer", "api/v1/ledger", "api/v1/messages?offset=0&limit=20"];
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy, paths[i % paths.Length]));
            await SendAsync(request, HttpStatusCode.OK);
            await Pace.WaitAsync(Pause);
        }
    }

    private async Task SendAsync(HttpRequestMessage request, HttpStatusCode expected)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, Cancellation);
        Assert.True(
            answer.StatusCode == expected,
            $"{request.Method} {request.RequestUri}: {answer.StatusCode} "
            + await answer.Content.ReadAsStringAsync(Cancellation));
        answers.Add(new Answer(
            began, Stopwatch.GetElapsedTime(began), $"{request.Method} {request.RequestUri!.AbsolutePath}"));
    }

    /// <param name="Began">When the request was sent, as a time stamp of <see cref="Stopwatch"/>.</param>
    private sealed record Answer(long Began, TimeSpan Took, string Request);
}
