using Tributary.Items;

namespace Tributary.Messages;

/// <summary>The form of a <see cref="Message"/> between processes: Orleans copies byte arrays as they are.</summary>
[GenerateSerializer, Alias("tributary.message")]
internal struct MessageOnWire
{
    [Id(0)]
    public Guid Id;

    [Id(1)]
    public string Source;

    [Id(2)]
    public string Item;

    [Id(3)]
    public string? ExternalId;

    [Id(4)]
    public string MediaType;

    [Id(5)]
    public byte[] Body;

    [Id(6)]
    public DateTimeOffset ReceivedAt;

    /// <summary>The ids of the indexed paths, each with its key in <see cref="IndexedKeys"/>.</summary>
    [Id(7)]
    public int[] IndexedPaths;

    [Id(8)]
    public byte[][] IndexedKeys;
}

/// <inheritdoc cref="MessageOnWire"/>
[RegisterConverter]
internal sealed class MessageConverter : IConverter<Message, MessageOnWire>
{
    public Message ConvertFromSurrogate(in MessageOnWire surrogate)
    {
        var values = new IndexedValue[surrogate.IndexedPaths.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = new IndexedValue(surrogate.IndexedPaths[i], surrogate.IndexedKeys[i]);
        return new Message
        {
            Id = new MessageId(surrogate.Id),
            Source = surrogate.Source,
            Item = surrogate.Item,
            ExternalId = surrogate.ExternalId,
            MediaType = surrogate.MediaType,
            Body = surrogate.Body,
            ReceivedAt = surrogate.ReceivedAt,
            IndexedValues = values,
        };
    }

    public MessageOnWire ConvertToSurrogate(in Message value) => new()
    {
        Id = value.Id.Value,
        Source = value.Source,
        Item = value.Item,
        ExternalId = value.ExternalId,
        MediaType = value.MediaType,
        Body = value.Body.ToArray(),
        ReceivedAt = value.ReceivedAt,
        IndexedPaths = [.. value.IndexedValues.Select(static indexed => indexed.Path)],
        IndexedKeys = [.. value.IndexedValues.Select(static indexed => indexed.Key.ToArray())],
    };
}

/// <summary>
/// The form of an <see cref="IncomingMessage"/> between processes: the receiver computes hashes and keys anew.
/// </summary>
[GenerateSerializer, Alias("tributary.incoming-message")]
internal struct IncomingMessageOnWire
{
    [Id(0)]
    public Message Message;

    [Id(1)]
    public Contribution[] Contributions;

    [Id(2)]
    public bool IsNewItem;

    [Id(3)]
    public int[] Generations;

    [Id(4)]
    public MessagePart[] Parts;

    [Id(5)]
    public long Definitions;
}

/// <inheritdoc cref="IncomingMessageOnWire"/>
[RegisterConverter]
internal sealed class IncomingMessageConverter : IConverter<IncomingMessage, IncomingMessageOnWire>
{
    public IncomingMessage ConvertFromSurrogate(in IncomingMessageOnWire surrogate) => new(
        surrogate.Message, surrogate.Contributions, surrogate.IsNewItem, surrogate.Generations, surrogate.Parts)
    {
        Definitions = surrogate.Definitions,
    };

    public IncomingMessageOnWire ConvertToSurrogate(in IncomingMessage value) => new()
    {
        Message = value.Message,
        Contributions = Lists.Array(value.Contributions),
        IsNewItem = value.IsNewGrain,
        Generations = Lists.Array(value.Generations),
        Parts = Lists.Array(value.Parts),
        Definitions = value.Definitions,
    };
}
