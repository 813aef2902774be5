using Tributary.Silo.Hosting;

namespace Tributary.Silo.Composition;

/// <summary>What is counted and what processes messages: definitions, their generations, plugins.</summary>
internal static class DefinitionServices
{
    public static IServiceCollection AddTributaryDefinitions(this IServiceCollection services) => services
        .AddSingleton<NodePlugins>()
        .AddSingleton<DefinitionsStart>();
}
