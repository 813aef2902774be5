using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>A cluster of one silo, for a process that owns its database alone.</summary>
public static class LocalCluster
{
    /// <summary>The service and the cluster of silos that name none.</summary>
    public const string Name = "tributary";

    /// <summary>
    /// Membership in memory and a loopback port of this process's own: programs on one machine do not meet. Without a
    /// gateway, so that no client reaches the silo from outside.
    /// </summary>
    public static ISiloBuilder UseLocalCluster(this ISiloBuilder silo)
    {
        // The container disposes the port after everything that listens on it.
        silo.Services.AddSingleton<LoopbackPort>();
        silo.Services.AddOptions<EndpointOptions>().Configure<LoopbackPort>(static (endpoints, port) =>
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
