using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Composition;

/// <summary>Adds Tributary to a host of your own, beside the host's own grains: see <c>docs/hosting.md</c>.</summary>
public static class TributaryHost
{
    /// <summary>
    /// Makes the host an Orleans silo that runs Tributary: alone, or in the cluster of the configuration.
    /// </summary>
    /// <remarks>
    /// Further calls of <c>UseOrleans</c> add to the same silo. A host with another clustering calls
    /// <see cref="AddTributary(ISiloBuilder, SiloConfig)"/> instead.
    /// </remarks>
    public static TBuilder AddTributary<TBuilder>(this TBuilder builder, SiloConfig config)
        where TBuilder : IHostApplicationBuilder
    {
        builder.UseOrleans(silo => silo.UseConfiguredCluster(config).AddTributary(config));
        return builder;
    }

    /// <summary>
    /// Runs Tributary in this silo. When Tributary cannot go on, the host is stopped, logs the reason, and leaves an
    /// exit code other than 0.
    /// </summary>
    /// <exception cref="ArgumentException">The configuration is for a process without the role silo.</exception>
    /// <exception cref="InvalidOperationException">The host runs Tributary already.</exception>
    public static ISiloBuilder AddTributary(this ISiloBuilder silo, SiloConfig config)
    {
        silo.AddTributaryNode(config).Services.AddHostedService<FaultWatch>();
        return silo;
    }

    /// <summary>
    /// Makes an Orleans client one of the configured cluster's; its references to round grains go to their partitions
    /// directly.
    /// </summary>
    /// <exception cref="ArgumentException">The configuration is for a silo alone, which has no gateway.</exception>
    public static IClientBuilder UseTributaryCluster(this IClientBuilder client, SiloConfig config) =>
        client.UseConfiguredCluster(config).AddTributaryClient();

    /// <summary>
    /// Serves Tributary's API, page and live feed in front of everything else that this web application serves. The
    /// addresses are the application's own.
    /// </summary>
    public static WebApplicationBuilder AddTributaryApi(this WebApplicationBuilder builder, SiloConfig config)
    {
        builder.Services.AddTributaryApi(config);
        return builder;
    }
}
