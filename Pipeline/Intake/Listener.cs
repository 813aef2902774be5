using Tributary.Connectors;
using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// Takes the deliveries of one broker: each becomes a message, and is acknowledged when the message is durable. While
/// the platform is busy or the database is away, the listener waits, and the broker with it: that bounds the deliveries
/// without an answer. A delivery that is refused for a reason of its own is kept in the database and offered again, so
/// it holds up no other.
/// </summary>
/// <param name="source">The source of the messages: see <see cref="IBroker.Name"/>.</param>
/// <param name="mapper">Null when deliveries are JSON objects, which are messages as they stand.</param>
/// <param name="backlog">
/// Returns when there is room for one more message to be processed; null when their number is not bounded.
/// </param>
/// <param name="wait">Waits by the process's clock.</param>
/// <param name="care">Takes deliveries after an end without order; null: they are taken as they come.</param>
public sealed class Listener(
    MessageIntake intake, string source, MessageMapper? mapper, Func<CancellationToken, ValueTask>? backlog,
    Func<TimeSpan, CancellationToken, Task> wait, DeliveryCare? care = null)
{
    // Short at first: an inbox that is full now has room a round later.
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    /// <inheritdoc cref="Receive"/>
    public async ValueTask<Reception> ReceiveAsync(Delivery delivery, CancellationToken cancellation)
    {
        var request = new IntakeRequest
        {
            Source = source,
            Body = delivery.Body,
            MediaType = delivery.MediaType,
            ExternalId = delivery.ExternalId,
            Mapper = mapper,
        };
        if (delivery.Fault is { } fault)
        {
            return delivery.IsKeptByBroker
                ? fault
                : await KeepAsync(request, fault.Code, fault.Reason, isCurable: false, isOfBroker: true, cancellation);
        }

        for (var attempt = 1; ; attempt++)
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
            catch (Exception error) when (DoorRefusals.KindOf(error) is var kind && kind != RefusalKind.CurableForAll)
            {
                var isCurable = kind == RefusalKind.CurableAlone;
                return !isCurable && delivery.IsKeptByBroker
                    ? new Reception.Refused(DoorRefusals.CodeOf(error), error.Message)
                    : await KeepAsync(request, DoorRefusals.CodeOf(error), error.Message, isCurable, isOfBroker: false,
                        cancellation);
            }
            catch (Exception)
            {
                // The delivery was not taken, or that is in doubt. Taking it again is safe: its external id counts
                // once.
            }

            await wait(Retries.After(attempt), cancellation);
        }
    }

    // A kept delivery has an id, an item and a body of its own. A store that refuses even its beginning takes nothing
    // at all, so the listener waits as for a store that is away.
    private async ValueTask<Reception> KeepAsync(
        IntakeRequest request, string code, string reason, bool isCurable, bool isOfBroker,
            CancellationToken cancellation)
    {
        var isLeast = false;
        for (var attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var receipt = await intake.KeepRefusedAsync(request, code, reason, isOfBroker, isLeast);
                return new Reception.Kept(receipt.Id, code, reason, isCurable);
            }
            catch (TributaryException taken) when (taken.Code == "external_id_conflict")
            {
                // The id names the bytes: the delivery is kept already, in another form.
                return new Reception.Kept(default, code, reason, isCurable);
            }
            catch (Exception error)
            {
                // When the bytes are refused, the next attempts keep less of them.
                isLeast |= DoorRefusals.KindOf(error) != RefusalKind.CurableForAll;
            }

            await wait(Retries.After(attempt), cancellation);
        }
    }
}
