using Tributary.Grains;
using Tributary.Rounds.Orleans.References;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>The round grains of this process.</summary>
internal sealed class NodeGrains(SiloConfig config, GeneratedProxies proxies, AfterStart<PluginHost> plugins)
{
    public RoundGrainTypes New()
    {
        var items = new ItemOptions
        {
            Retry = config.Pipeline.Retry, PluginSetNumber = PluginSetNumber, Chance = Random.Shared.NextDouble,
        };
        return new RoundGrainTypes(proxies)
            .Add<IItemGrain, ItemGrain, ItemState>(
                ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, () => new ItemGrain(items))
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState,
                static () => new AggregateGrain())
            .Add<IReplayGrain, ReplayGrain, ReplayState>(
                ReplayGrain.GrainType, StateTable.Grains, GrainsJson.Default.ReplayState,
                static () => new ReplayGrain(ReplayOptions.Default))
            .Add<IDedupeGrain, DedupeGrain, DedupeState>(
                DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState,
                static () => new DedupeGrain());
    }

    // Results that come in while the plugins start were made by none of theirs: no set is newer than that.
    private int PluginSetNumber() => plugins.IsKnown ? plugins.Value.Active.Number : 0;
}
