using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Where the silos of a cluster reach this one, and how quickly they find that it is gone.</summary>
public static class ClusterEndpoints
{
    private const int MaxProbedSilosCount = 100;

    /// <summary>Reserves the ports of this silo, and listens on them and nowhere else.</summary>
    /// <param name="address">
    /// An address of this machine that the others reach. Asked for when the silo is made; its errors end the start.
    /// </param>
    /// <param name="siloPort">The port for silos; 0 for a free one.</param>
    /// <param name="gatewayPort">The port for clients; 0 for a free one.</param>
    public static ISiloBuilder UseReservedPorts(
        this ISiloBuilder silo, Func<IPAddress> address, int siloPort, int gatewayPort)
    {
        // The container disposes the ports after every service that listens on them.
        silo.Services.AddSingleton(_ => new ClusterPorts(address(), siloPort, gatewayPort));
        silo.Services.AddOptions<EndpointOptions>().Configure<ClusterPorts>(static (endpoints, ports) =>
        {
            endpoints.AdvertisedIPAddress = ports.Silo.EndPoint.Address;
            endpoints.SiloPort = ports.Silo.EndPoint.Port;
            endpoints.GatewayPort = ports.Gateway.EndPoint.Port;
        });
        return silo;
    }

    /// <summary>
    /// A silo that ended is found within about 3 s, and one that is silent within about 6 s. A silo that stands still
    /// for a shorter time goes on: three probes in a row must fail.
    /// </summary>
    public static ISiloBuilder DetectFailuresQuickly(this ISiloBuilder silo) =>
        silo.Configure<ClusterMembershipOptions>(static membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MinProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            // Each silo hears of each other one every second: SilentConnections needs that.
            membership.NumProbedSilos = MaxProbedSilosCount;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.NumMissedTableIAmAliveLimit = 3;
        });

    /// <summary>
    /// Closes connections between silos that are silent for 5 s, so that silos meet again as soon as the network
    /// between them has healed. After <see cref="DetectFailuresQuickly"/>, by which all silos probe all.
    /// </summary>
    public static ISiloBuilder EndSilentConnections(this ISiloBuilder silo) =>
        silo.Configure<SiloConnectionOptions>(SilentConnections.End);

    private sealed class ClusterPorts : IDisposable
    {
        public ClusterPorts(IPAddress address, int siloPort, int gatewayPort)
        {
            Silo = new ReservedPort(address, siloPort);
            try
            {
                Gateway = new ReservedPort(address, gatewayPort);
            }
            catch
            {
                Silo.Dispose();
                throw;
            }
        }

        public ReservedPort Silo { get; }

        public ReservedPort Gateway { get; }

        public void Dispose()
        {
            Gateway.Dispose();
            Silo.Dispose();
        }
    }
}
