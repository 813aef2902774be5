using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>A cluster of one silo, for a process that owns its database alone.</summary>
public static class LocalCluster
{
    /// <summary>The id of the service and of the cluster, for silos that set none.</summary>
    public const string Name = "tributary";

    /// <summary>
    /// Membership in memory and a loopback port that belongs to this process: programs on one machine do not meet.
    /// There is no gateway, so that no client reaches the silo from outside.
    /// </summary>
    public static ISiloBuilder UseLocalCluster(this ISiloBuilder silo)
    {
        // The container disposes the port after every service that listens on it.
        silo.Services.AddSingleton(static _ => new ReservedPort(IPAddress.Loopback));
        silo.Services.AddOptions<EndpointOptions>().Configure<ReservedPort>(static (endpoints, port) =>
        {
            endpoints.AdvertisedIPAddress = port.EndPoint.Address;
            endpoints.SiloPort = port.EndPoint.Port;
            endpoints.GatewayPort = 0;
        });
        silo.Services.Configure<ClusterOptions>(static cluster =>
        {
            cluster.ServiceId = Name;
            cluster.ClusterId = Name;
        });
        return silo.UseDevelopmentClustering(primarySiloEndpoint: null);
    }
}
