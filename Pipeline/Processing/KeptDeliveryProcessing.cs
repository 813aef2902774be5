using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Intake;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Processing;

/// <summary>The processing of a kept delivery: offers it to the door again, as it came.</summary>
internal static class KeptDeliveryProcessing
{
    public static async ValueTask<ProcessingResult> RunAsync(ProcessingServices services, StoredMessage stored,
        MessageReference reference)
    {
        var result = new ProcessingResult
        {
            Message = reference, SetNumber = services.Plugins.Active.Number,
            Definitions = IncomingMessage.AnyDefinitions,
        };
        try
        {
            await OfferAsync(services, stored);
            return result with { IsAccepted = true };
        }
        catch (Exception error)
        {
            var fault = DoorRefusals.KindOf(error) == RefusalKind.Final
                || error is TributaryException { Code: "envelope_invalid" }
                ? ConnectorFault.Refused
                : ConnectorFault.Unavailable;
            var text = $"{DoorRefusals.CodeOf(error)}: {error.Message}";
            return result with { Failure = ProcessingFailure.Of(ProcessingStep.Accept, fault, text) };
        }
    }

    private static async ValueTask OfferAsync(ProcessingServices services, StoredMessage stored)
    {
        var kept = RefusedEnvelope.Read(stored.Body.Span);
        if (kept.Code is { } code)
            throw new TributaryException(code, kept.Reason ?? "");
        if (kept.BytesCount is { } count)
            throw new TributaryException("body_too_large",
                $"The body had {count} bytes; kept are the first {kept.Raw.Length}.");
        await services.Offer(new IntakeRequest
        {
            Source = stored.Source,
            Body = kept.Raw,
            MediaType = kept.MediaType,

            // A delivery without an external id gets one from the kept message's id: an activity may run twice.
            ExternalId = kept.ExternalId ?? $"refused-{stored.Id}",
            Mapper = services.Mappers.Of(stored.Source),
        });
    }
}
