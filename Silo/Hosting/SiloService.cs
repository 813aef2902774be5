using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Grains;
using Tributary.Runtime.Hosting;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>
/// What goes on around the engine of this process. Started by the host after the Orleans silo, in which the engine joins,
/// and before the web server; stopped in the opposite order.
/// </summary>
internal sealed class SiloService(
    SiloConfig config, EngineLife life, SiloHost engine, NodeStore store, NodePlugins plugins, DefinitionsStart definitions,
    NodeDoors doors, Processing processing, Listeners listeners, ApiNodes nodes, AfterStart<ApiNode> node,
    AfterStart<NodeActivities> activities, NodeState state, NodeStop stop, ProcessFault fault, Room room,
    TimeProvider time, ILogger<SiloService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => fault.OrEndAsync(RunAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task RunAsync(CancellationToken cancellation)
    {
        // A host may be told to start its services side by side.
        await life.Joined.WaitAsync(cancellation);
        await room.WaitAsync(
            () => InitScript.RunAsync(config.InitScript, store.PluginTables, logger, cancellation), cancellation);
        var host = await plugins.StartAsync(cancellation);
        var known = await definitions.RegisterAsync(host, cancellation);
        node.Set(nodes.OfSilo(engine, known, host));

        // From here on activities run and brokers bring messages in: what counts them is complete.
        var door = doors.New(engine.BulkGrains, known.Contributions, mapper: null, host);
        activities.Set(processing.NewActivities(known, host, door));
        var care = await DeliveryCare.OpenAsync(
            store.DeliveryStarts, engine.IsAfterCrash, (delay, token) => Task.Delay(delay, time, token), cancellation);
        listeners.Listen(door, engine.WaitForActivityRoomAsync, care);
        state.BeginServing(() => engine.IsReady, () => engine.Refusal);
    }
}
