using System.Globalization;
using System.Net;
using Tributary.Silo.Tests.Pipeline;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Three silos on machines of their own, as network namespaces, under load, while the network between two of them, or
/// between one and PostgreSQL, lets nothing through.
/// </summary>
[Collection(nameof(RunAlone))]
public sealed class CutTests(ITestOutputHelper output)
{
    private const int SilosCount = 3;
    private const int ProducersCount = 2;
    private const int ItemsPerProducerCount = 50;

    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    // Longer than any time after which a silo is given up.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly List<SupervisedNode> nodes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_or_stale_when_silos_lose_sight_of_each_other_or_of_the_database()
    {
        output.WriteLine(TestRun.Repeat);
        using var authority = new TestAuthority();
        using var folder = new TemporaryFolder();
        var configuration = new EnduranceConfiguration(folder.Path);
        await configuration.BeginAsync(Cancellation);
        await using var network = await CuttableNetwork.StartNewAsync(SilosCount);
        await using var postgres = await PostgresCluster.StartNewAsync(logFolder: null, network.Database);
        var connection = await postgres.CreateDatabaseAsync();
        try
        {
            for (var machine = 1; machine <= SilosCount; machine++)
            {
                nodes.Add(new($"silo {machine}", Launch(
                    network[machine], connection, configuration, authority), isSilo: true));
            }

            foreach (var node in nodes)
                await node.Process.WaitUntilReadyAsync(Cancellation);
            await ClusterProcesses.UntilSharedAsync(connection, SilosCount);
            var cluster = new EnduranceCluster(postgres, connection, nodes, output);
            await RunAsync(cluster, network, configuration, connection);
            foreach (var node in nodes)
                Assert.Equal(0, await node.Process.StopAsync(Cancellation));
        }
        catch
        {
            foreach (var node in nodes)
                output.WriteLine($"{node.Name}:\n{node.Process.Output}");
            throw;
        }
        finally
        {
            foreach (var node in nodes)
                await node.Process.DisposeAsync();
        }
    }

    private async Task RunAsync(
        EnduranceCluster cluster, CuttableNetwork network, EnduranceConfiguration configuration, string connection)
    {
        var isOver = false;
        var producers = Enumerable.Range(0, ProducersCount).Select(number => new Producer(
            http, cluster, number, ItemsPerProducerCount, unchecked((TestRun.Seed * 397) ^ number))).ToList();
        var working = producers.Select(one =>
            Task.Run(() => one.RunAsync(BatchInterval, () => Volatile.Read(ref isOver), Cancellation))).ToList();
        working.AddRange(nodes.Select(node =>
            Task.Run(() => SuperviseAsync(cluster, node, () => Volatile.Read(ref isOver)))));

        var (first, second, third) = (network[1].Address, network[2].Address, network[3].Address);
        var database = network.Database;
        foreach (var time in (TimeSpan[])[Short, Long])
        {
            await CutAsync("silos 1 and 2, both ways", time, [(first, second), (second, first)]);
            await CutAsync("silo 3 and PostgreSQL, both ways", time, [(third, database), (database, third)]);
        }

        await CutAsync("silo 1 to silo 2, one way", Long, [(first, second)]);
        await CutAsync("PostgreSQL to silo 3, one way", Long, [(database, third)]);
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(working);
        await configuration.WriteLateContentAsync(Cancellation);
        await new FinalState(cluster, connection, producers).CheckMessagesAsync(moreCount: 0);

        async Task CutAsync(string what, TimeSpan time, (IPAddress From, IPAddress To)[] ways)
        {
            var before = Batches();
            cluster.Log(string.Create(CultureInfo.InvariantCulture, $"Cut for {time.TotalSeconds} s: {what}."));
            foreach (var (from, to) in ways)
                await network.CutAsync(from, to);
            await Pace.WaitAsync(time);
            foreach (var (from, to) in ways)
                await network.HealAsync(from, to);
            var during = Batches();
            cluster.Log($"Healed; {during - before} batches were acknowledged meanwhile.");
            await UntilHealedAsync(connection, working);
            cluster.Log("Every silo has its share again.");
        }

        int Batches() => producers.Sum(static one => one.Last.BatchesCount);
    }

    private static async Task UntilHealedAsync(string connection, List<Task> working)
    {
        var healed = ClusterProcesses.UntilSharedAsync(connection, SilosCount);
        // A fault of the load ends the test at once.
        await await Task.WhenAny([healed, .. working]);
        await healed;
    }

    // A silo that was cut off may be declared dead, and ends: it is started again.
    private static async Task SuperviseAsync(EnduranceCluster cluster, SupervisedNode node, Func<bool> isOver)
    {
        while (!isOver())
        {
            if (node.Process.HasExited)
            {
                cluster.Log($"{node.Name} has ended with {await node.Process.WaitForExitAsync(Cancellation)}.");
                node.IsReady = false;
                await node.StartAsync(Cancellation);
                cluster.Log($"{node.Name} is ready again.");
            }

            // Another process gives no signal.
            await Pace.WaitAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    private static TributaryProcess Launch(
        TributaryProcess.Machine machine, string connection, EnduranceConfiguration configuration,
        TestAuthority authority)
    {
        var environment = ClusterProcesses.EnvironmentOf(connection);
        var tls = authority.Issue();
        environment["TRIBUTARY__CLUSTER__ADVERTISE"] = machine.Address.ToString();
        environment["TRIBUTARY__CLUSTER__TLS__CERTIFICATE"] = tls.Certificate;
        environment["TRIBUTARY__CLUSTER__TLS__KEY"] = tls.Key;
        environment["TRIBUTARY__CLUSTER__TLS__AUTHORITY"] = tls.Authority;
        return TributaryProcess.LaunchNew(
            environment, [.. ClusterProcesses.Arguments, "--config", configuration.File, "--insecure"], machine);
    }
}
