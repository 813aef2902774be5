using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;

namespace Tributary.Bench.Cluster;

/// <summary>
/// Silos of one cluster over one database, each composed as in the executable, with its engine, connections and ports.
/// They share this process, its thread pool and its garbage collector.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly List<SiloApp> silos = [];

    private BenchCluster()
    {
    }

    public int Count => silos.Count;

    public RoundEngine Engine(int silo) => ServicesOf(silo).GetRequiredService<RoundEngine>();

    public MessageIntake Intake(int silo) => ServicesOf(silo).GetRequiredService<MessageIntake>();

    public IServiceProvider ServicesOf(int silo) => silos[silo].Services;

    /// <summary>Starts the silos one after the other; returns when each owns its share of the partitions.</summary>
    public static async Task<BenchCluster> StartAsync(
        string connection, string folder, int count, CancellationToken cancellation)
    {
        using var json = JsonDocument.Parse(BenchSilo.Definitions);
        var aggregates = AggregateDefinition.ParseAll(json.RootElement);
        var cluster = new BenchCluster();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var config = new SiloConfig
                {
                    DatabaseType = "postgres",
                    Connection = connection,
                    DataDirectory = folder,
                    Listen = ["http://127.0.0.1:0"],
                    Aggregates = aggregates,
                    Cluster = new ClusterConfig { Type = ClusterType.Postgres, SiloPort = 0, GatewayPort = 0 },
                    Pipeline = new PipelineConfig { ScratchDirectory = Path.Combine(folder, $"scratch{i}") },
                    LogLevel = LogLevel.Warning,
                };
                cluster.silos.Add(await SiloApp.StartAsync(config, cancellation));
            }

            while (!cluster.IsSettled())
                await Task.Delay(Look, cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in silos)
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }
    }

    // Each silo has about its share. With few silos, rendezvous hashing deals the partitions out evenly enough.
    private bool IsSettled()
    {
        var counts = Enumerable.Range(0, Count).Select(silo => Engine(silo).PartitionsCount).ToList();
        return counts.Sum() == Engine(0).Facts.PartitionCount && counts.TrueForAll(count => count * 2 * Count > 256);
    }
}
