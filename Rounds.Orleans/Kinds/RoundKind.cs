using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Metadata;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// Tells Orleans the round grains of a silo: their classes, under the stored type names, with a property that marks
/// them.
/// </summary>
internal sealed class RoundKind(RoundGrainTypes types, IServiceProvider services)
    : IGrainTypeProvider, IGrainPropertiesProvider, IConfigureOptions<GrainTypeOptions>, IConfigureGrainTypeComponents
{
    /// <summary>The property of grain types that are round grains.</summary>
    public const string Property = "tributary.round";

    public void Configure(GrainTypeOptions options)
    {
        foreach (var (_, grainInterface, grainClass) in types.All)
        {
            options.Interfaces.Add(grainInterface);
            options.Classes.Add(grainClass);
        }
    }

    public bool TryGetGrainType(Type type, out GrainType grainType)
    {
        foreach (var (name, _, grainClass) in types.All)
        {
            if (grainClass == type)
            {
                grainType = GrainType.Create(name);
                return true;
            }
        }

        grainType = default;
        return false;
    }

    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (!types.Contains(grainType.ToString() ?? ""))
            return;
        properties[Property] = "true";
        // An activation only sends on the calls of plain references. It does so in the silo where a call arrives, is in
        // no directory, and lets calls overtake one another.
        new StatelessWorkerAttribute(1).Populate(services, grainClass, grainType, properties);
        new ReentrantAttribute().Populate(services, grainClass, grainType, properties);
    }

    public void Configure(GrainType grainType, GrainProperties properties, GrainTypeSharedContext shared)
    {
        if (types.Contains(grainType.ToString() ?? ""))
            shared.SetComponent<IGrainActivator>(new Activator(types, grainType.ToString()!));
    }

    // Makes instances that are never in a turn: access to their state or to effects throws.
    private sealed class Activator(RoundGrainTypes types, string name) : IGrainActivator
    {
        public object CreateInstance(IGrainContext context) => types.Create(name);

        public ValueTask DisposeInstance(IGrainContext context, object instance) => default;
    }
}
