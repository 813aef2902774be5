using Tributary.Connectors;
using Tributary.Pipeline.Intake;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Runs a broker without competing consumers in one silo of a cluster: where the partition of its name is. A silo owns
/// a partition only when the silo before it does not any more, so that no two of them take the same delivery: a silo
/// connects when the partition is here, and takes nothing from the moment in which it begins to leave.
/// </summary>
/// <param name="isHere">True while this silo owns the partition.</param>
internal sealed partial class MovingListener(
    IBroker broker, Receive receive, Func<bool> isHere, TimeProvider time, ILogger logger)
{
    /// <summary>The type of the made-up grain whose partition says where a broker runs; its key is the name.</summary>
    public const string GrainType = "listener";

    /// <summary>How often it looks where the partition is.</summary>
    private static readonly TimeSpan LookDelay = TimeSpan.FromMilliseconds(100);

    private static readonly Reception Elsewhere = new Reception.Elsewhere();

    /// <summary>Runs until <paramref name="stopping"/>, with the errors of <see cref="IBroker.RunAsync"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (isHere())
                await RunHereAsync(stopping);
            else
                await Task.Delay(LookDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunHereAsync(CancellationToken stopping)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        LogHere(logger, broker.Name);
        var running = broker.RunAsync(ReceiveAsync, leaving.Token);
        while (isHere() && !running.IsCompleted && !stopping.IsCancellationRequested)
            await Task.WhenAny(running, Task.Delay(LookDelay, time, leaving.Token));
        // A broker that ended by itself has an error, or is at fault.
        if (running.IsCompleted && !stopping.IsCancellationRequested)
        {
            await running;
            throw new InvalidOperationException($"The broker {broker.Name} ended, and was not told to.");
        }

        await leaving.CancelAsync();
        await running;
        if (!stopping.IsCancellationRequested)
            LogGone(logger, broker.Name);
    }

    private ValueTask<Reception> ReceiveAsync(Delivery delivery, CancellationToken cancellation) =>
        isHere() ? receive(delivery, cancellation) : new(Elsewhere);
}
