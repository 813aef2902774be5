using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Ends connections between silos that are silent. A network that lets nothing through tells nobody: what was sent
/// waits for the system to send it again, at distances that grow to half a minute and more, also when the network has
/// healed by then. A new connection is there as soon as the network is, and an attempt that fails says so.
/// </summary>
internal static class SilentConnections
{
    /// <summary>
    /// How long a connection may be silent after something was sent. Each silo hears of each other one every second,
    /// because all probe all.
    /// </summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    /// <summary>Watches all connections of this silo with other silos.</summary>
    public static void End(SiloConnectionOptions options)
    {
        options.ConfigureSiloOutboundConnection(Watch);
        options.ConfigureSiloInboundConnection(Watch);
    }

    private static void Watch(IConnectionBuilder connections)
    {
        var services = connections.ApplicationServices;
        var time = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILogger<SilenceWatch>>();
        connections.Use(next => async connection =>
        {
            using var watch = new SilenceWatch(connection, MaxSilence, time, logger);
            await next(connection);
        });
    }
}
