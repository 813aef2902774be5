using Tributary.Connectors;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The brokers that bring messages in, and the stores that hold their content.</summary>
internal sealed partial class Listeners(
    SiloConfig config, ProcessFault fault, TimeProvider time, ILogger<Listeners> logger) : IAsyncDisposable
{
    private readonly PipelineConfig around = config.Pipeline;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> running = [];

    /// <summary>From now on brokers bring messages in.</summary>
    /// <param name="room">See <see cref="RoundEngine.WaitForActivityRoomAsync"/>.</param>
    /// <param name="care">See <see cref="Listener"/>.</param>
    /// <param name="engine">Says where brokers without competing consumers run.</param>
    public void Listen(
        MessageIntake intake, Func<CancellationToken, ValueTask> room, DeliveryCare? care, RoundEngine engine)
    {
        foreach (var (broker, mapper, _) in around.Listeners)
        {
            var listener = new Listener(
                intake, broker.Name, mapper, room,
                (delay, cancellation) => Task.Delay(delay, time, cancellation), care);
            running.Add(RunAsync(broker, RunOf(broker, listener, engine)));
        }
    }

    private Func<CancellationToken, Task> RunOf(IBroker broker, Listener listener, RoundEngine engine)
    {
        if (engine.IsAlone || broker.HasCompetingConsumers)
        {
            LogListening(logger, broker.Name);
            return stop => broker.RunAsync(listener.ReceiveAsync, stop);
        }

        var partition = engine.PartitionOf(new RoundGrainId(MovingListener.GrainType, broker.Name));
        return new MovingListener(
            broker, listener.ReceiveAsync, () => engine.IsHere(partition), time, logger).RunAsync;
    }

    /// <summary>Ends the brokers: deliveries that were not stored are delivered again.</summary>
    public async Task StopAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        try
        {
            await Task.WhenAll(running).WaitAsync(StopLimits.Brokers, time);
        }
        catch (TimeoutException)
        {
            LogSlow(logger);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var (broker, _, _) in around.Listeners)
            await broker.DisposeAsync();
        if (around.Content is not null)
            await around.Content.DisposeAsync();
        if (around.Metadata is not null)
            await around.Metadata.DisposeAsync();
        stopping.Dispose();
    }

    private async Task RunAsync(IBroker broker, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(stopping.Token);
            if (!stopping.IsCancellationRequested)
                throw new InvalidOperationException($"The broker {broker.Name} ended, and was not told to.");
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The requested end, whatever error it shows as.
        }
        catch (Exception error)
        {
            LogBrokerFailed(logger, broker.Name, error);
            fault.Report(error);
        }
    }
}
