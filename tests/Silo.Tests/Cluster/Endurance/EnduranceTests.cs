using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tributary.Silo.Tests.Live;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Three silos and an API node under load, readers and subscribers, while nodes are killed, frozen and stopped,
/// PostgreSQL is restarted, and the definitions change. <c>TRIBUTARY_SOAK_MINUTES</c> makes the run longer.
/// </summary>
[Collection(nameof(RunAlone))]
public sealed class EnduranceTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int SilosCount = 3;
    private const int MaxErrorsCount = 20;
    private const int ProducersCount = 4;
    private const int ItemsPerProducerCount = 50;
    private const int ReadersCount = 3;
    private const int SocketsCount = 6;
    private const int SubscriptionsPerSocketCount = 3;
    private const int MinMinutes = 2;

    // Together the producers send 2,000 messages a second, where the machine allows it.
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    // A request to a node that stands still is given up, and made at another.
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(15) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_or_counted_twice_whatever_happens_to_nodes_and_database()
    {
        output.WriteLine(TestRun.Repeat);
        var minutes = int.TryParse(
            Environment.GetEnvironmentVariable("TRIBUTARY_SOAK_MINUTES"), CultureInfo.InvariantCulture, out var given)
            ? given : MinMinutes;
        using var folder = new TemporaryFolder();
        var configuration = new EnduranceConfiguration(folder.Path);
        await configuration.BeginAsync(Cancellation);
        var connection = await postgres.Server.CreateDatabaseAsync();
        var nodes = new List<SupervisedNode>();
        try
        {
            for (var i = 0; i < SilosCount; i++)
            {
                nodes.Add(new($"node {i + 1}", await ClusterProcesses.StartAsync(
                    connection, "--config", configuration.File), isSilo: true));
            }

            nodes.Add(new("the API node", await ClusterProcesses.StartAsync(
                connection, "--config", configuration.File, "--roles", "api"), isSilo: false));
            await ClusterProcesses.UntilSharedAsync(connection, SilosCount);
            var cluster = new EnduranceCluster(postgres.Server, connection, nodes, output);
            await RunAsync(cluster, configuration, connection, TimeSpan.FromMinutes(minutes));
            foreach (var node in nodes)
                Assert.Equal(0, await node.Process.StopAsync(Cancellation));
        }
        finally
        {
            foreach (var node in nodes)
                await node.Process.DisposeAsync();
        }
    }

    private async Task RunAsync(
        EnduranceCluster cluster, EnduranceConfiguration configuration, string connection, TimeSpan atLeast)
    {
        var began = Stopwatch.GetTimestamp();
        var isOver = false;
        var producers = Enumerable.Range(0, ProducersCount)
            .Select(number => new Producer(http, cluster, number, ItemsPerProducerCount, SeedOf(number))).ToList();
        var readers = Enumerable.Range(0, ReadersCount)
            .Select(number => new Reader(http, cluster, producers, SeedOf(100 + number))).ToList();
        cluster.InFlightCount = () => producers.Sum(static one => one.InFlightCount);
        var books = Enumerable.Range(0, SocketsCount * SubscriptionsPerSocketCount)
            .Select(static number => new SubscriberBook(
                number.ToString(CultureInfo.InvariantCulture), 1 + (ProducersCount * ItemsPerProducerCount))).ToList();
        var sockets = books.Chunk(SubscriptionsPerSocketCount).Select((some, number) =>
        {
            var random = new Random(SeedOf(200 + number));
            return new SocketSubscribers(
                () => cluster.Any(random).Process.Address, some, new ServerGate(), SeedOf(300 + number));
        }).ToList();

        await MarkAsync(cluster, SubscriberBook.Begin);
        // The first fault ends the run: what follows it would hide it.
        using var faulted = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = new List<Task>();
        running.AddRange(sockets.Select(socket => Task.Run(() => socket.RunAsync(faulted.Token))));
        var working = new List<Task>();
        working.AddRange(producers.Select(one =>
            Task.Run(() => one.RunAsync(BatchInterval, () => Volatile.Read(ref isOver), faulted.Token))));
        working.AddRange(readers.Select(one =>
            Task.Run(() => one.RunAsync(() => Volatile.Read(ref isOver), faulted.Token))));
        var harming = new HarmSchedule(cluster, configuration, TestRun.Seed)
            .RunAsync(() => Stopwatch.GetElapsedTime(began) > atLeast);
        try
        {
            await UntilDoneAsync(harming, [.. working, .. running, .. books.Select(static book => book.Done)], cluster);
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(working);
            var took = Stopwatch.GetElapsedTime(began);
            await MarkAsync(cluster, SubscriberBook.End);
            await Task.WhenAll(running);
            await Task.WhenAll(books.Select(static book => book.Done));
            await configuration.WriteLateContentAsync(Cancellation);
            var final = new FinalState(cluster, connection, producers);
            var count = await final.CheckMessagesAsync(moreCount: 2);
            await final.CheckGenerationsAsync();
            await final.CheckPicturesAsync();
            Report(cluster, producers, readers, sockets, books.Count, count, took);
        }
        catch
        {
            ReportErrors(cluster);
            throw;
        }
        finally
        {
            await faulted.CancelAsync();
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    private void Report(
        EnduranceCluster cluster, List<Producer> producers, List<Reader> readers, List<SocketSubscribers> sockets,
        int subscribersCount, long count, TimeSpan took)
    {
        string[] parts =
        [
            $"{count} messages in {took.TotalSeconds:0} s ({count / took.TotalSeconds:0}/s)",
            $"{producers.Sum(static one => one.RepeatsCount)} batches sent again",
            $"{readers.Sum(static one => one.Count)} reads",
            $"{readers.Sum(static one => one.PassedCount)} reads without an answer",
            $"{subscribersCount} subscribers",
            $"their sockets left {sockets.Sum(static one => one.LeftCount)} times",
            $"they were told where to resume {sockets.Sum(static one => one.ToldCount)} times",
            $"they lost their node {sockets.Sum(static one => one.LostCount)} times",
            $"{cluster.Nodes.Sum(static one => one.FailedStartsCount)} starts failed while the database was away",
        ];
        output.WriteLine(string.Join("; ", parts) + ".");
    }

    // An answer 500 names no cause: the log of its node does.
    private void ReportErrors(EnduranceCluster cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            var errors = node.Process.Output.Split('\n')
                .Where(static line => line.Contains(" fail: ") && !line.Contains("Health check"))
                .TakeLast(MaxErrorsCount);
            output.WriteLine($"{node.Name}: {string.Join('\n', errors)}");
        }
    }

    // Ends with the harms, or at once with the first fault of what runs beside them.
    private static async Task UntilDoneAsync(Task harming, List<Task> beside, EnduranceCluster cluster)
    {
        while (!harming.IsCompleted)
        {
            foreach (var faulted in beside.Where(static one => one.IsFaulted))
                await faulted;
            await cluster.StartLostNodesAsync();
            await Task.WhenAny(harming, Pace.WaitAsync(TimeSpan.FromMilliseconds(200)));
        }

        await harming;
    }

    // The messages of item 0 tell subscribers where everything begins and ends.
    private async Task MarkAsync(EnduranceCluster cluster, int number)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"item":0,"n":{{number}},"file":""}""");
        var random = new Random(TestRun.Seed);
        await Waiting.UntilAsync(async () =>
        {
            var node = cluster.Any(random);
            try
            {
                using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(
                    HttpMethod.Post, new Uri(node.Process.Address, "api/v1/messages"))
                {
                    Content = content,
                    Headers = { { "Idempotency-Key", $"mark {number}" } },
                };
                using var answer = await http.SendAsync(request, Cancellation);
                return answer.StatusCode == HttpStatusCode.Accepted;
            }
            catch (Exception lost) when (Answers.IsLost(lost, Cancellation))
            {
                return false;
            }
        });
    }

    private static int SeedOf(int number) => unchecked((TestRun.Seed * 397) ^ number);
}
