using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// Keeps refused deliveries, each under an id and an item of its own: the cause of the refusal does not concern these.
/// </summary>
public sealed partial class MessageIntake
{
    /// <summary>In front of the external ids of kept deliveries.</summary>
    private const string RefusedPrefix = "refused-";

    /// <summary>
    /// Stores a refused delivery with its reason, parked, and counted in no aggregate. An activity offers the delivery
    /// again when the reason can be cured. The same delivery is kept once if it has an external id.
    /// </summary>
    /// <param name="isOfBroker">True when the broker found the fault, which no further offer would find.</param>
    /// <param name="isLeast">
    /// True to keep the least: the beginning of the bytes, their length and their SHA-256.
    /// </param>
    /// <exception cref="TributaryException">From the item or the silo, as of any message.</exception>
    public ValueTask<Receipt> KeepRefusedAsync(in IntakeRequest request, string code, string reason, bool isOfBroker,
        bool isLeast = false)
    {
        var failure =
            ProcessingFailure.Of(ProcessingStep.Accept, Connectors.ConnectorFault.Refused, $"{code}: {reason}");
        var envelope = RefusedEnvelope.Write(
            request, isOfBroker ? code : null, isOfBroker ? reason : null, options.MaxKeptBytes, isLeast);
        var own =
            request with { ExternalId = request.ExternalId is { } given ? RefusedId(given, request.Body.Span) : null };
        var receivedAt = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var parked = new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, Attempts: 1, Error: failure.Error)
        {
            IsRaised = true,
        };
        var message = new IncomingMessage(
            NewMessage(own, null, RefusedEnvelope.ContentType, envelope, receivedAt), [], IsNew(own, null), [],
                [parked])
        {
            Definitions = IncomingMessage.AnyDefinitions,
        };
        return SendAsync(message);
    }

    // From the id and the bytes: deliveries with one external id and different bodies are kept apart.
    private static string RefusedId(string externalId, ReadOnlySpan<byte> body)
    {
        var given = Encoding.UTF8.GetBytes(externalId);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, given.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(length);
        hash.AppendData(given);
        hash.AppendData(body);
        return RefusedPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
