using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Tests.Hosting;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Two silos of one cluster in this process, over one database.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private static readonly JsonPointer Station = JsonPointer.Parse("/station");

    private readonly HostFolder folder = new();
    private readonly List<SiloApp> silos = [];
    private readonly SiloConfig config;

    private TwoSilos(string connection, ClusterConfig cluster) => config = folder.Config with
    {
        DatabaseType = "postgres", Connection = connection, Cluster = cluster,
    };

    public SiloApp First => silos[0];

    public SiloApp Second => silos[1];

    /// <param name="cluster">With free ports for both.</param>
    public static async Task<TwoSilos> StartAsync(
        string connection, ClusterConfig cluster, CancellationToken cancellation)
    {
        var two = new TwoSilos(connection, cluster);
        try
        {
            await two.StartOneAsync(cluster, cancellation);
            await two.StartOneAsync(cluster, cancellation);
            await Waiting.UntilAsync(() => two.silos.TrueForAll(static silo => ActiveCount(silo) == 2));
            return two;
        }
        catch
        {
            await two.DisposeAsync();
            throw;
        }
    }

    /// <summary>The configuration of one more silo or client.</summary>
    public SiloConfig With(ClusterConfig cluster) => config with { Cluster = cluster, Silo = new() };

    /// <summary>Posts to both silos, for items in many partitions.</summary>
    public async Task PostAsync(string name, CancellationToken cancellation)
    {
        for (var i = 0; i < 10; i++)
        {
            foreach (var (number, silo) in silos.Index())
            {
                var body = string.Create(CultureInfo.InvariantCulture, $$"""{"station":"{{name}} {{i}}"}""");
                await silo.Services.GetRequiredService<MessageIntake>().AcceptAsync(
                    new IntakeRequest
                    {
                        Source = "s", ItemPointer = Station, Body = Encoding.UTF8.GetBytes(body),
                        // A busy machine starves connections, which are closed: only messages with keys are sent again.
                        ExternalId = string.Create(CultureInfo.InvariantCulture, $"{name} {i} {number}"),
                    });
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in silos)
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }

        folder.Dispose();
    }

    private static int ActiveCount(SiloApp silo) => silo.Services.GetRequiredService<IClusterMembershipService>()
        .CurrentSnapshot.Members.Values.Count(static member => member.Status == SiloStatus.Active);

    private async Task StartOneAsync(ClusterConfig cluster, CancellationToken cancellation) =>
        silos.Add(await SiloApp.StartAsync(With(cluster), cancellation));
}
