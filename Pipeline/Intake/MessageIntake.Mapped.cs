using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Intake;

/// <summary>Finds the parts that a message is stored with, and makes messages by a listener's mapping.</summary>
public sealed partial class MessageIntake
{
    private static readonly IReadOnlyList<MessagePart> Nothing = [];
    private static readonly IReadOnlyList<MessagePart> Process =
    [
        new("", MessageStatus.Processing, ProcessingStep.Query),
    ];
    private static readonly IReadOnlyList<MessagePart> Skip = [new("", MessageStatus.Skipped, ProcessingStep.Execute)];

    // A message without content elsewhere that no plugin accepts is complete when it is stored.
    private IReadOnlyList<MessagePart> PartsOf(string mediaType)
    {
        if (plugins?.Active.Plugins is not { Count: > 0 } active)
            return Nothing;
        var name = MediaTypeNames.Normalize(mediaType) ?? MediaTypes.Unknown;
        foreach (var plugin in active)
        {
            if (plugin.Accepts(name))
                return Process;
        }

        return Nothing;
    }

    // Content elsewhere has a media type only when it has been fetched. Without plugins nothing is fetched.
    private IReadOnlyList<MessagePart> PartsOf(MessageFields fields)
    {
        if (plugins?.Active.Plugins is { Count: > 0 })
            return fields.Refers ? Process : PartsOf(fields.MediaType ?? MediaTypes.Json);
        return fields.Refers ? Skip : Nothing;
    }

    private IncomingMessage Mapped(in IntakeRequest request, MessageMapper mapper, DateTimeOffset receivedAt)
    {
        MappedMessage mapped;
        try
        {
            mapped = mapper.Map(request.Body);
        }
        catch (TributaryException error)
        {
            return Unparsed(request, receivedAt, error);
        }

        var facts = contributions.Read(request.Source, null, mapped.Body.Span, receivedAt);
        var message = NewMessage(request, mapped.Fields.Item, MediaTypes.Json, mapped.Body, receivedAt) with
        {
            IndexedValues = facts.Indexed,
        };
        return new IncomingMessage(
            message, facts.Contributions, IsNew(request, mapped.Fields.Item), facts.Generations,
            PartsOf(mapped.Fields))
        {
            Definitions = facts.Version,
        };
    }

    // The message is counted in no aggregate until its bytes can be mapped: the envelope is not the producer's.
    private IncomingMessage Unparsed(in IntakeRequest request, DateTimeOffset receivedAt, TributaryException error)
    {
        var failure = ProcessingFailure.Of(ProcessingStep.Accept, Connectors.ConnectorFault.Refused, error);
        var envelope = UnparsedEnvelope.Write(request.Body.Span, request.MediaType);
        var parked = new MessagePart("", MessageStatus.Parked, ProcessingStep.Accept, Attempts: 1, Error: failure.Error)
        {
            IsRaised = true,
        };
        return new IncomingMessage(
            NewMessage(request, null, UnparsedEnvelope.MediaType, envelope, receivedAt),
            [],
            IsNew(request, null),
            [],
            [parked])
        {
            Definitions = IncomingMessage.AnyDefinitions,
        };
    }

    private static bool IsNew(in IntakeRequest request, string? item) => item is null && request.ExternalId is null;

    private Message NewMessage(
        in IntakeRequest request, string? item, string mediaType, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        var derived = item ?? (request.ExternalId is { } key ? DerivedItem(request.Source, key) : null);
        var (id, newItem) = derived is null ? NewItem(receivedAt) : (ids.Next(receivedAt), null);
        return new Message
        {
            Id = id,
            Source = request.Source,
            Item = derived ?? newItem!,
            ExternalId = request.ExternalId,
            MediaType = mediaType,
            Body = body,
            ReceivedAt = receivedAt,
        };
    }
}
