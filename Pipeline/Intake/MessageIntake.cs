using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Plugins;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// The one door for messages: checks a body, gives the message its id, finds its item and its contributions, and hands
/// it to its item. Callable from many threads.
/// </summary>
/// <param name="plugins">The plugins of this process; null when it has none.</param>
/// <param name="upTo">
/// Completes when this process counts by this version of the definitions, or by a later one. Null where definitions do
/// not change.
/// </param>
public sealed partial class MessageIntake(
    IRoundGrains grains, ContributionCalculator contributions, MessageIds ids, TimeProvider time,
    IntakeOptions options, IPluginHost? plugins = null, Func<long, ValueTask>? upTo = null) : IMessageDoor
{
    /// <summary>In front of item ids that are derived from an external id.</summary>
    private const string DerivedPrefix = "x-";

    /// <summary>
    /// How many ids are drawn for a new item at most: a silo with a sixteenth of the partitions finds one in 98 of 100
    /// cases.
    /// </summary>
    private const int MaxDrawsCount = 64;

    /// <summary>
    /// How often a message is sent, when silos are lost under it or definitions change, before its producer is told.
    /// </summary>
    private const int MaxSendsCount = 5;

    private static readonly Func<IItemGrain, IncomingMessage, ValueTask<Receipt>> Receive =
        static (item, incoming) => item.Receive(incoming);

    // Made once: it is handed over with each message.
    private AnotherAnswer<IncomingMessage, Receipt>? again;

    /// <summary>
    /// Accepts a message. Returns when it is durable; a fault of the message is thrown before anything is sent.
    /// </summary>
    /// <exception cref="TributaryException">
    /// <c>body_too_large</c>, <c>body_not_json</c>, <c>body_not_object</c>, <c>body_too_deep</c>, <c>item_missing</c>,
    /// <c>identifier_too_long</c>, <c>identifier_invalid</c>; from the item: <c>external_id_conflict</c>,
    /// <c>item_backlog_full</c>; from the silo: <c>overloaded</c>.
    /// </exception>
    public ValueTask<Receipt> AcceptAsync(in IntakeRequest request)
    {
        var message = Prepare(request);
        request.Check?.Invoke();
        return SendAsync(message);
    }

    /// <summary>Makes the message as it goes to its item.</summary>
    /// <exception cref="TributaryException">See <see cref="AcceptAsync"/>.</exception>
    public IncomingMessage Prepare(in IntakeRequest request)
    {
        CheckOutside(request);
        var receivedAt = ReceivedNow();
        if ((request.Mapper ?? options.Mapper) is { } mapper)
            return Mapped(request, mapper, receivedAt);

        var facts = contributions.Read(request.Source, request.ItemPointer, request.Body.Span, receivedAt);
        var isNewItem = request.ItemPointer is null && request.ExternalId is null;
        var (id, newItem) = isNewItem ? NewItem(receivedAt) : (ids.Next(receivedAt), null);
        var message = new Message
        {
            Id = id,
            Source = request.Source,
            Item = newItem ?? ItemOf(request, facts.Item),
            ExternalId = request.ExternalId,
            MediaType = request.MediaType ?? MediaTypes.Json,
            Body = request.Body,
            ReceivedAt = receivedAt,
            IndexedValues = facts.Indexed,
        };
        return new IncomingMessage(
            message, facts.Contributions, isNewItem, facts.Generations, PartsOf(message.MediaType))
        {
            Definitions = facts.Version,
        };
    }

    // A message that names neither an item nor a key need not travel: an id is drawn whose partition is in this
    // process.
    private (MessageId Id, string? Item) NewItem(DateTimeOffset receivedAt)
    {
        for (var draw = 1; ; draw++)
        {
            var id = ids.Next(receivedAt);
            var item = id.ToString();
            if (draw == MaxDrawsCount || grains.IsNear<IItemGrain>(item))
                return (id, item);
        }
    }

    // Without a reference: see IRoundGrains.Call.
    private ValueTask<Receipt> SendAsync(IncomingMessage message) =>
        grains.Call(message.Message.Item, message, Receive, again ??= TryAgain);

    private bool TryAgain(
        Exception error, IncomingMessage message, [NotNullWhen(true)] out Task<Receipt>? other)
    {
        other = IsCurable(error, message) ? SendAgainAsync(error, message) : null;
        return other is not null;
    }

    private async Task<Receipt> SendAgainAsync(Exception error, IncomingMessage message)
    {
        // Not on the thread that answers callers.
        await Task.Yield();
        for (var attempt = 2; ; attempt++)
        {
            if (error is TributaryException { Code: ItemGrain.DefinitionsOutdated })
            {
                await upTo!(message.Definitions + 1);
                message = Recounted(message);
            }

            try
            {
                return await grains.Call(message.Message.Item, message, Receive);
            }
            catch (TributaryException thrown) when (attempt < MaxSendsCount && IsCurable(thrown, message))
            {
                error = thrown;
            }
        }
    }

    // With a key a message is stored once however often it is sent, so that a silo that was lost is no reason to bother
    // the producer: the next owner answers it, as a new message or as a repeat.
    private bool IsCurable(Exception error, IncomingMessage message) => error is TributaryException known
        && ((known.Code == "silo_lost" && message.External is not null)
            || (known.Code == ItemGrain.DefinitionsOutdated && upTo is not null));

    // The message was not stored: it is the same, and counted by the definitions of now.
    private IncomingMessage Recounted(IncomingMessage message)
    {
        var known = message.Message;
        var facts = contributions.Read(known.Source, null, known.Body.Span, known.ReceivedAt);
        return new IncomingMessage(
            known with { IndexedValues = facts.Indexed }, facts.Contributions, message.IsNewGrain, facts.Generations,
            message.Parts)
        {
            Definitions = facts.Version,
        };
    }

    private void CheckOutside(in IntakeRequest request)
    {
        if (request.Body.Length > options.MaxBodyBytes)
        {
            throw new TributaryException(
                "body_too_large",
                $"The body has {request.Body.Length} bytes; allowed: at most {options.MaxBodyBytes}.");
        }

        Identifiers.Check("source", request.Source);
        if (request.MediaType is { } mediaType)
            Identifiers.Check("media type", mediaType);
        if (request.ExternalId is { } externalId)
            Identifiers.Check("external id", externalId);
    }

    // Whole milliseconds: windows are computed from a time that every store can hold.
    private DateTimeOffset ReceivedNow() =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// The item of a message that names none, derived from the external id, so that a repeat finds the item of the
    /// first message.
    /// </summary>
    public static string DerivedItem(string source, string externalId) =>
        DerivedPrefix + ExternalKey.Unscoped(source, externalId).Hash.ToString("x32");

    private static string ItemOf(in IntakeRequest request, in FoundValue value)
    {
        if (request.ItemPointer is not { } pointer)
            return DerivedItem(request.Source, request.ExternalId!);

        var body = request.Body.Span;
        switch (value.Type)
        {
            case JsonTokenType.String:
                var item = JsonText.Unescape(value, body);
                Identifiers.Check("item id", item);
                return item;
            case JsonTokenType.Number when value.Length > Identifiers.MaxBytes:
                throw new TributaryException(
                    "identifier_too_long",
                    $"The item id has {value.Length} bytes; allowed: at most {Identifiers.MaxBytes} bytes of UTF-8.");
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(value.Of(body));
            default:
                var found = value.Type switch
                {
                    JsonTokenType.None => "nothing",
                    JsonTokenType.Null => "null",
                    JsonTokenType.StartObject => "an object",
                    JsonTokenType.StartArray => "an array",
                    _ => "a boolean",
                };
                throw new TributaryException(
                    "item_missing",
                    $"The body has {found} at '{pointer}'; allowed: a string or a number, the id of the item.");
        }
    }
}
