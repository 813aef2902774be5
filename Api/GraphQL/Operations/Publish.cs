using System.Text;
using Tributary.Api.GraphQL.Items;
using Tributary.Api.Http;
using Tributary.Feed;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Types;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace Tributary.Api.GraphQL.Operations;

/// <summary>
/// Accepts a message. A mistake in the message is part of the answer; a fault of the server is a GraphQL error.
/// </summary>
internal sealed class Publish(ApiNode node, ItemFields items)
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Bind(SchemaBindings bindings)
    {
        bindings
            .Object("Mutation")
            .Ask("publish", (_, context) => AcceptAsync(context.Arguments.Get<InputObject>("input")!));
        bindings.Object<PublishPayload>("PublishPayload");
        bindings.Object<PublishReceipt>("PublishReceipt").Ask("item", (receipt, _) => items.ReadAsync(receipt.ItemId));
        bindings.Object<PublishError>("PublishError");
    }

    private async ValueTask<PublishPayload> AcceptAsync(InputObject input)
    {
        try
        {
            var receipt = await node.Intake.AcceptAsync(RequestOf(input));
            return new PublishPayload(
                new PublishReceipt(
                    receipt.Id.ToString(), receipt.Item, new Cursor(node.History, receipt.Position).ToString(),
                    receipt.IsRepeat),
                null);
        }
        catch (TributaryException error) when (Resolving.IsMistake(error))
        {
            return new PublishPayload(null, new PublishError(error.Code, error.Message));
        }
    }

    private static IntakeRequest RequestOf(InputObject input)
    {
        var mediaType = input.Get<string>("mediaType")!.ToLowerInvariant();
        if (!BodyTypes.IsObject(mediaType))
            throw new TributaryException(
                "media_type_unsupported",
                $"Found the media type '{mediaType}'; allowed: application/json, or a type that ends in +json.");
        return new IntakeRequest
        {
            Source = input.Get<string>("source")!,
            Body = BytesOf(input.Get<string>("body")!),
            MediaType = mediaType == MediaTypes.Json ? null : mediaType,
            ExternalId = input.Get<string>("externalId"),
            ItemPointer = input.Get<string>("itemPointer") is { } text ? PointerOf(text) : null,
        };
    }

    private static JsonPointer PointerOf(string text) =>
        JsonPointer.TryParse(text, out var pointer)
            ? pointer
            : throw new TributaryException(
                "parameter_invalid", $"The itemPointer is '{text}'; allowed: {JsonPointer.Allowed}.");

    private static byte[] BytesOf(string body)
    {
        try
        {
            return Strict.GetBytes(body);
        }
        catch (EncoderFallbackException)
        {
            throw new TributaryException(
                "body_not_json", "Found half of a surrogate pair; allowed: text of whole characters.");
        }
    }
}

internal sealed record PublishPayload(PublishReceipt? Receipt, PublishError? Error);

internal sealed record PublishReceipt(string MessageId, string ItemId, string Cursor, bool IsRepeat)
{
    public string Id => GlobalId.Of(GlobalId.Message, MessageId);
}

internal sealed record PublishError(string Code, string Message);
