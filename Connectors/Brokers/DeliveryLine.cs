using System.Threading.Channels;

namespace Tributary.Connectors.Brokers;

/// <summary>
/// Deliveries that wait to be handed over, in order of arrival. None is handed over before its delay has passed.
/// </summary>
/// <param name="maxCount">Most waiting deliveries.</param>
internal sealed class DeliveryLine<T>(int maxCount, TimeSpan delay, TimeProvider time)
{
    private readonly Channel<(T Delivery, long CameAt)> waiting =
        Channel.CreateBounded<(T, long)>(new BoundedChannelOptions(maxCount) { SingleReader = true });

    /// <summary>False when the line is full.</summary>
    public bool TryAdd(T delivery) => waiting.Writer.TryWrite((delivery, time.GetTimestamp()));

    /// <summary>Ends the line: <see cref="RunAsync"/> ends when it has handed over the waiting deliveries.</summary>
    public void Complete() => waiting.Writer.TryComplete();

    /// <summary>
    /// Hands over until the end of the line, or until cancelled: the waiting deliveries then stay in the line.
    /// </summary>
    /// <param name="hurry">Skips the delays once cancelled.</param>
    public async Task RunAsync(Action<T> handOver, CancellationToken cancellation, CancellationToken hurry = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, hurry);
        await foreach (var (delivery, cameAt) in waiting.Reader.ReadAllAsync(cancellation))
        {
            if (delay - time.GetElapsedTime(cameAt) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            handOver(delivery);
        }
    }
}
