using Tributary.Api;
using Tributary.Api.Errors;
using Tributary.Items;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Partitions;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// Hands the messages of other processes to this silo's own door, so that they are mapped and counted by the
/// definitions of a silo, and answers each.
/// </summary>
internal sealed partial class DoorKeeper(
    AfterStart<ApiNode> node, RoundEngine engine, ILocalSiloDetails self, TimeProvider time,
    ILogger<DoorKeeper> logger)
{
    /// <summary>How long a load waits for a full silo within one call, before its sender is told.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100));

    /// <param name="before">The messages are handed over when this has completed.</param>
    /// <param name="handedOver">Completed when they are; null when nobody waits for that.</param>
    public async Task<DoorAnswers> TakeAsync(
        DoorRequest[] requests, bool isBulk, Task before, TaskCompletionSource? handedOver = null)
    {
        // A silo is a part of the cluster a moment before its doors open.
        var known = node.IsKnown ? node.Value : await node.WhenKnown;
        var door = isBulk ? known.BulkIntake : known.Intake;
        var answers = new DoorAnswer[requests.Length];
        var receipts = new ValueTask<Receipt>[requests.Length];
        try
        {
            await before;
            var until = isBulk ? time.GetTimestamp() + (long)(MaxWait.TotalSeconds * time.TimestampFrequency) : 0;
            for (var i = 0; i < requests.Length; i++)
                receipts[i] = await SendAsync(door, requests[i], until);
        }
        finally
        {
            handedOver?.SetResult();
        }

        for (var i = 0; i < requests.Length; i++)
            answers[i] = await AnswerAsync(receipts[i]) with { IsElsewhere = !IsHere(requests[i].Partition) };
        return new DoorAnswers(self.SiloAddress.ToParsableString(), answers);
    }

    // A full silo refuses a message before it takes it: a load waits, as one that comes to this process itself does.
    private async ValueTask<ValueTask<Receipt>> SendAsync(IMessageDoor door, DoorRequest request, long until)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return door.AcceptAsync(Of(request));
            }
            catch (OverloadedException) when (time.GetTimestamp() < until)
            {
                await Task.Delay(Retries.After(attempt), time);
            }
            catch (Exception error)
            {
                return ValueTask.FromException<Receipt>(error);
            }
        }
    }

    private async ValueTask<DoorAnswer> AnswerAsync(ValueTask<Receipt> pending)
    {
        try
        {
            var receipt = await pending;
            // The round is durable: the receipt is a plain value from now on.
            receipt.Depart();
            return new DoorAnswer(receipt, null, null, 0, false);
        }
        catch (OverloadedException full)
        {
            return new DoorAnswer(null, full.Code, full.Message, (long)full.RetryAfter.TotalMilliseconds, false);
        }
        catch (TributaryException refused)
        {
            return new DoorAnswer(null, refused.Code, refused.Message, 0, false);
        }
        catch (TimeoutException late)
        {
            return new DoorAnswer(null, ErrorCodes.TimedOut, late.Message, 0, false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The engine has ended with the message on its way.
            return new DoorAnswer(null, SiloLostException.Known, LostMessages.Text, 0, false);
        }
        catch (Exception error)
        {
            LogFailed(error);
            return new DoorAnswer(null, ErrorCodes.Internal, error.Message, 0, false);
        }
    }

    private bool IsHere(int partition) => engine.IsHere(new PartitionId(partition));

    private static IntakeRequest Of(in DoorRequest request) => new()
    {
        Source = request.Source,
        Body = request.Body,
        MediaType = request.MediaType,
        ExternalId = request.ExternalId,
        ItemPointer = request.ItemPointer is { } pointer ? JsonPointer.Parse(pointer) : null,
    };
}
