using Tributary.Grains;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Store;

namespace Tributary.Silo.Hosting;

/// <summary>The grain types of the platform. Names and tables are stored: they never change.</summary>
public static class GrainCatalog
{
    public static GrainTypes Create() => new GrainTypes()
        .Add<IItemGrain, ItemGrain, ItemState>(ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, () => new ItemGrain())
        .Add<IAggregateGrain, AggregateGrain, AggregateState>(
            AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState, () => new AggregateGrain())
        .Add<IDedupeGrain, DedupeGrain, DedupeState>(DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState, () => new DedupeGrain());
}
