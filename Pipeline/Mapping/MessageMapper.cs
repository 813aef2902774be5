using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Mapping;

/// <summary>Maps the deliveries of a listener to messages. Immutable; callable from many threads.</summary>
public sealed class MessageMapper
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly MessageParser parser;
    private readonly PointerNode root;
    private readonly int slotsCount;
    private readonly List<(string Name, MappedField Field, int Slot)> fields = [];

    public MessageMapper(MessageMapping mapping)
    {
        parser = mapping.Parser;
        Mime = mapping.Mime;
        var pointers = mapping.Fields.ToDictionary(pair => pair.Key, pair => PointerOf(pair.Value.Key));
        (root, var slots) = PointerNode.Build(pointers.Values);
        slotsCount = slots.Count;
        foreach (var (name, field) in mapping.Fields)
            fields.Add((name, field, slots[pointers[name].Text]));
    }

    /// <summary>The place of the media type in the metadata, or null.</summary>
    public MimePath? Mime { get; }

    /// <summary>Maps these bytes to a message. JSON stays as it is, byte for byte.</summary>
    /// <exception cref="TributaryException">
    /// <c>body_not_json</c>, <c>body_not_object</c>, <c>body_too_deep</c>, <c>message_not_text</c>,
    /// <c>field_missing</c>, <c>field_invalid</c>, <c>identifier_too_long</c>, <c>identifier_invalid</c>: what was
    /// found and what is allowed.
    /// </exception>
    public MappedMessage Map(ReadOnlyMemory<byte> received)
    {
        var body = parser is MessageParser.Text text ? ObjectOf(text, received.Span) : received;
        return new MappedMessage(body, Read(body.Span));
    }

    /// <summary>Reads the fields from the body of a message that was mapped before.</summary>
    /// <exception cref="TributaryException">As <see cref="Map"/>: the mapping may have changed since.</exception>
    public MessageFields Read(ReadOnlySpan<byte> body)
    {
        Span<FoundValue> found = stackalloc FoundValue[slotsCount];
        found.Clear();
        BodyScan.Run(body, root, found);

        var read = MessageFields.None;
        foreach (var (name, field, slot) in fields)
        {
            var value = found[slot];
            if (IsAbsent(value))
            {
                if (field.IsRequired)
                    throw new TributaryException(
                        "field_missing",
                        $"The message has nothing at '{field.Key}', its {name}; allowed: a message with this field.");
                continue;
            }

            read = name switch
            {
                MappedField.Uuid => read with { Item = Identifier(value, body, field) },
                MappedField.DataLocation => read with { ContentLocation = Text(value, body, field) },
                MappedField.MetaLocation => read with { MetadataLocation = Text(value, body, field) },
                MappedField.MediaType => read with { MediaType = Text(value, body, field) },
                MappedField.Metadata => read with { Metadata = Object(value, body, field) },
                _ => read,
            };
        }

        return read;
    }

    private static JsonPointer PointerOf(string key) =>
        JsonPointer.Parse(
            key.StartsWith('/')
                ? key
                : "/" + key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    // A missing value, null and the empty text mean the same.
    private static bool IsAbsent(in FoundValue value) =>
        value.Type is JsonTokenType.None or JsonTokenType.Null
        || (value.Type == JsonTokenType.String && value.Length == 0);

    private static ReadOnlyMemory<byte> ObjectOf(MessageParser.Text parser, ReadOnlySpan<byte> received)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(received);
        }
        catch (DecoderFallbackException error)
        {
            throw new TributaryException(
                "message_not_text",
                $"The message is not UTF-8: byte {error.Index + 1}; allowed: a text in UTF-8.",
                error);
        }

        // The end of a line belongs to the transport, not to the last value.
        var values = text.TrimEnd('\r', '\n').Split(parser.Delimiter, parser.Keys.Count);
        var written = new ArrayBufferWriter<byte>(received.Length + (16 * values.Length));
        using (var writer = new Utf8JsonWriter(written, Readable))
        {
            writer.WriteStartObject();
            for (var i = 0; i < values.Length; i++)
                writer.WriteString(parser.Keys[i], values[i]);
            writer.WriteEndObject();
        }

        return written.WrittenMemory;
    }

    private static string Identifier(in FoundValue value, ReadOnlySpan<byte> body, MappedField field)
    {
        var text = Text(value, body, field);
        Identifiers.Check($"item id at '{field.Key}'", text);
        return text;
    }

    private static string Text(in FoundValue value, ReadOnlySpan<byte> body, MappedField field) =>
        value.Type switch
        {
            JsonTokenType.String => JsonText.Unescape(value, body),
            JsonTokenType.Number => Encoding.ASCII.GetString(value.Of(body)),
            _ => throw new TributaryException(
                "field_invalid", $"The message has {Kind(value)} at '{field.Key}'; allowed: a string or a number."),
        };

    private static ReadOnlyMemory<byte> Object(in FoundValue value, ReadOnlySpan<byte> body, MappedField field)
    {
        byte[] json;
        if (value.Type == JsonTokenType.StartObject)
            json = ObjectAt(body[value.Start..]);
        else if (value.Type == JsonTokenType.String)
            json = Encoding.UTF8.GetBytes(JsonText.Unescape(value, body));
        else
            throw new TributaryException(
                "field_invalid",
                $"The message has {Kind(value)} at '{field.Key}'; allowed: an object, or a text that holds one.");

        try
        {
            BodyScan.Run(json, new PointerNode(""), []);
            return json;
        }
        catch (TributaryException error)
        {
            throw new TributaryException(
                "field_invalid", $"The message's metadata at '{field.Key}' is no JSON object: {error.Message}", error);
        }
    }

    // The scan notes where a value begins; an object ends where its reader says.
    private static byte[] ObjectAt(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = BodyScan.MaxDepth });
        reader.Read();
        reader.Skip();
        return body[..(int)reader.BytesConsumed].ToArray();
    }

    private static string Kind(in FoundValue value) => value.Type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => "a boolean",
    };
}
