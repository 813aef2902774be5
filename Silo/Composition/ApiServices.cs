using Microsoft.AspNetCore.Hosting.Server;
using Tributary.Api;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Node;
using Tributary.Silo.Hosting.Web;

namespace Tributary.Silo.Composition;

/// <summary>The API of a node, in the web application of its host.</summary>
internal static class ApiServices
{
    public static IServiceCollection AddTributaryApi(this IServiceCollection services, SiloConfig config)
    {
        TributaryApi.Add(services, config.Api);
        return services.AddSingleton<IStartupFilter, NodePipeline>().LimitClosing();
    }

    // The host starts the server that was added last.
    private static IServiceCollection LimitClosing(this IServiceCollection services)
    {
        var server = services.LastOrDefault(static service => service.ServiceType == typeof(IServer))
            ?? throw new InvalidOperationException("Found a host without a web server; allowed: one that has it.");
        return services.AddSingleton<IServer>(host => new ServerCloseLimit(
            server.Make<IServer>(host),
            host.GetRequiredService<NodeStop>()));
    }
}
