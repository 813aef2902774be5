using Microsoft.Extensions.Logging;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>Makes the engine of this process: the grains that it runs, and the activities that they start.</summary>
internal sealed class EngineFactory(
    SiloConfig config, TimeProvider time, NodeStore store, AfterStart<PluginHost> plugins,
    AfterStart<NodeActivities> activities, ProcessFault fault, EngineMeter meter, ILogger<SiloHost> logger)
{
    public SiloHost New() => new(
        config.Silo, store.Store, NewTypes(), NewActivities(),
        SiloEnvironment.System(fault.Report, meter.Meter), logger)
    {
        CanStart = activities.WhenKnown,
    };

    private RoundGrainTypes NewTypes()
    {
        var items = new ItemOptions
        {
            Retry = config.Pipeline.Retry, PluginSetNumber = PluginSetNumber, Chance = Random.Shared.NextDouble,
        };
        return new RoundGrainTypes()
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

    private Dictionary<string, IActivity> NewActivities() => new()
    {
        [CutExternalIdsActivity.Name] = new LateActivity(
            () => Task.FromResult<IActivity>(new CutExternalIdsActivity(store.Log, time, config.Dedupe))),
        [ReplayActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Replaying),
        [ProcessActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Processing),
    };

    // Results that come in while the plugins start were made by none of theirs: no set is newer than that.
    private int PluginSetNumber() => plugins.IsKnown ? plugins.Value.Active.Number : 0;
}
