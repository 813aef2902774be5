using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.CodeGeneration;
using Orleans.GrainReferences;
using Orleans.Metadata;
using Orleans.Serialization.Configuration;
using Tributary.Rounds.Orleans.Kinds;

namespace Tributary.Rounds.Orleans.References;

/// <summary>
/// Lets Orleans' factory make references to round grains whose calls go to rounds. Orleans asks it before its own
/// provider, which makes the references to all other grains.
/// </summary>
internal sealed class RoundReferenceProvider(IServiceProvider services) : IGrainReferenceActivatorProvider
{
    // Resolved late: each of these services needs references itself.
    private readonly Lazy<GrainPropertiesResolver> properties = Of<GrainPropertiesResolver>(services);
    private readonly Lazy<RoundRouter> router = Of<RoundRouter>(services);
    private readonly Lazy<GeneratedProxies> proxies = Of<GeneratedProxies>(services);
    private readonly Lazy<IOutgoingGrainCallFilter[]> filters =
        new(() => [.. services.GetServices<IOutgoingGrainCallFilter>()]);

    private readonly Lazy<Dictionary<GrainInterfaceType, Type>> interfaces = new(() => InterfacesOf(services));

    public bool TryGet(
        GrainType grainType, GrainInterfaceType interfaceType,
        [NotNullWhen(true)] out IGrainReferenceActivator? activator)
    {
        activator = null;
        if (interfaceType.IsDefault
            || !properties.Value.GetGrainProperties(grainType).Properties.ContainsKey(RoundKind.Property)
            || !interfaces.Value.TryGetValue(interfaceType, out var type))
        {
            return false;
        }

        var runtime = new RoundCallRuntime(grainType.ToString() ?? "", router.Value, filters.Value);
        activator = new Activator(proxies.Value.ReferencesOf(
            type, grainType, interfaceType, type.GetCustomAttribute<VersionAttribute>()?.Version ?? 0, runtime));
        return true;
    }

    private static Lazy<T> Of<T>(IServiceProvider services) where T : notnull =>
        new(services.GetRequiredService<T>);

    private static Dictionary<GrainInterfaceType, Type> InterfacesOf(IServiceProvider services)
    {
        var resolver = services.GetRequiredService<GrainInterfaceTypeResolver>();
        var all = services.GetRequiredService<IOptions<TypeManifestOptions>>().Value.Interfaces
            .Where(static type => type.IsInterface && !type.IsGenericType
                && typeof(IGrainWithStringKey).IsAssignableFrom(type));
        var found = new Dictionary<GrainInterfaceType, Type>();
        foreach (var type in all)
            found[resolver.GetGrainInterfaceType(type)] = type;
        return found;
    }

    private sealed class Activator(Func<GrainId, GrainReference> create) : IGrainReferenceActivator
    {
        public GrainReference CreateReference(GrainId grainId) => create(grainId);
    }
}
