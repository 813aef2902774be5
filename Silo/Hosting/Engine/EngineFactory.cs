using Tributary.Grains.Reminders;
using Tributary.Pipeline.Dedupe;
using Tributary.Pipeline.Processing;
using Tributary.Pipeline.Reminders;
using Tributary.Pipeline.Replays;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>Makes the engine of this process, with the activities that its grains start.</summary>
internal sealed class EngineFactory(
    SiloConfig config, ILocalSiloDetails silo, RoundGrainTypes types, TimeProvider time, NodeStore store,
    AfterStart<NodeActivities> activities, ProcessFault fault, SiloInstruments instruments,
    ILogger<RoundEngine> logger, IServiceProvider host)
{
    public RoundEngine New()
    {
        var options = config.Silo;
        if (!config.Cluster.IsLocal)
        {
            options.IsAlone = false;
            options.ClusterId = config.Cluster.Id;
            // Others find the silo's row by the address by which they know the silo, with its generation.
            options.Address = silo.SiloAddress.ToParsableString();
            // Orleans starts no second life in a process: the process ends, and its supervisor starts it again.
            options.Rejoins = false;
        }

        var engine = new RoundEngine(
            options, store.Store, types, NewActivities(), RoundEnvironment.System(fault.Report, instruments.Meter),
            logger)
        {
            CanStart = activities.WhenKnown,
        };
        if (!options.Rejoins)
            engine.Died += silo => fault.Report(new StoreException(
                StoreFault.Fatal, $"The cluster declared silo {silo} dead; started again, it joins as a new one."));
        return engine;
    }

    private Dictionary<string, IActivity> NewActivities() => new()
    {
        [CutExternalIdsActivity.Name] = new LateActivity(
            () => Task.FromResult<IActivity>(new CutExternalIdsActivity(store.Store.ExternalIds, time, config.Dedupe))),
        [PreciseReminderGrain.DeliverActivity] = new LateActivity(async () =>
        {
            // From then on ordinary grains can be called.
            await activities.WhenKnown;
            return new DeliverReminderActivity(host.GetRequiredService<IGrainFactory>(), time);
        }),
        [ReplayActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Replaying),
        [ProcessActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Processing),
    };
}
