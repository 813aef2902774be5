using Microsoft.Extensions.Logging;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>Makes the engine of this process, with the activities that its grains start.</summary>
internal sealed class EngineFactory(
    SiloConfig config, RoundGrainTypes types, TimeProvider time, NodeStore store, AfterStart<NodeActivities> activities,
    ProcessFault fault, EngineMeter meter, ILogger<SiloHost> logger)
{
    public SiloHost New() => new(
        config.Silo, store.Store, types, NewActivities(), SiloEnvironment.System(fault.Report, meter.Meter), logger)
    {
        CanStart = activities.WhenKnown,
    };

    private Dictionary<string, IActivity> NewActivities() => new()
    {
        [CutExternalIdsActivity.Name] = new LateActivity(
            () => Task.FromResult<IActivity>(new CutExternalIdsActivity(store.Log, time, config.Dedupe))),
        [ReplayActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Replaying),
        [ProcessActivity.Name] = new LateActivity(async () => (await activities.WhenKnown).Processing),
    };
}
