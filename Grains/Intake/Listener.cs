using Tributary.Connectors;

namespace Tributary.Grains;

/// <summary>
/// Takes the deliveries of one broker: each becomes a message, and is answered when that is durable. While the platform is busy it waits, and
/// with it the broker, which bounds what it has delivered and not heard of.
/// </summary>
/// <param name="source">The source of the messages: see <see cref="IBroker.Name"/>.</param>
/// <param name="mapper">Null when deliveries are messages as they stand: JSON objects.</param>
/// <param name="backlog">Returns when there is room for one more message to be processed; null when that is not bounded.</param>
/// <param name="wait">Waits by the process's clock.</param>
/// <param name="care">How deliveries are taken after an end without order; null: as they come.</param>
public sealed class Listener(
    Intake intake, string source, MessageMapper? mapper, Func<CancellationToken, ValueTask>? backlog,
    Func<TimeSpan, CancellationToken, Task> wait, DeliveryCare? care = null)
{
    // Short at first: an inbox that is full now has room a round later.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="Receive"/>
    public async ValueTask<Reception> ReceiveAsync(Delivery delivery, CancellationToken cancellation)
    {
        var request = new IntakeRequest
        {
            Source = source, Body = delivery.Body, MediaType = delivery.MediaType, ExternalId = delivery.ExternalId, Mapper = mapper,
        };
        for (var delay = FirstWait; ; delay = delay * 2 < LastWait ? delay * 2 : LastWait)
        {
            cancellation.ThrowIfCancellationRequested();
            if (backlog is not null)
                await backlog(cancellation);
            try
            {
                var receipt = care is null
                    ? await intake.AcceptAsync(request)
                    : await care.AcceptAsync(intake, delivery, request, cancellation);
                return new Reception.Stored(receipt.Id, receipt.IsRepeat);
            }
            catch (OverloadedException)
            {
                // Nothing of it was taken.
            }
            catch (TributaryException error)
            {
                return new Reception.Refused(error.Code, error.Message);
            }

            await wait(delay, cancellation);
        }
    }
}
