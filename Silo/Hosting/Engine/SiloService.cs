using Tributary.Api;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Engine;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>
/// Opens and closes the doors around the engine of this process. The host starts it after the Orleans silo, in which
/// the engine joins, and before the web server, and stops it in the opposite order.
/// </summary>
internal sealed class SiloService(
    SiloStart start, RoundEngine engine, NodeReferences references, NodeStore store, AfterStart<PluginHost> plugins,
    NodeDoors doors, Processing processing, Listeners listeners, ApiNodes nodes, AfterStart<ApiNode> node,
    AfterStart<NodeActivities> activities, NodeState state, NodeFolds folds, NodeStop stop, ProcessFault fault,
    IGrainFactory grains, TimeProvider time)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A host may start its services in parallel: then this may be the first.
        start.Begin(cancellationToken);
        return fault.OrEndAsync(OpenAsync(cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var definitions = await start.Prepared.WaitAsync(cancellation);
        node.Set(nodes.OfSilo(references, definitions, plugins.Value));

        // From here on activities run and brokers bring messages in: the definitions that count them are complete.
        var door = doors.New(references.BulkGrains, definitions.Contributions, mapper: null, plugins.Value);
        activities.Set(processing.NewActivities(definitions, plugins.Value, door, grains, () => engine.Definitions));
        var care = await DeliveryCare.OpenAsync(
            store.Store.DeliveryStarts, engine.IsAfterCrash, (delay, token) => Task.Delay(delay, time, token),
            cancellation);
        folds.Begin();
        listeners.Listen(door, engine.WaitForActivityRoomAsync, care, engine);
        state.BeginServing(() => engine.IsReady, () => engine.Refusal);
    }
}
