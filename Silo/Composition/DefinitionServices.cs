using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Composition;

/// <summary>The services that count and process messages: definitions, their generations, plugins.</summary>
internal static class DefinitionServices
{
    public static IServiceCollection AddTributaryDefinitions(this IServiceCollection services) => services
        .AddSingleton<NodePlugins>()
        .AddSingleton<DefinitionsStart>();
}
