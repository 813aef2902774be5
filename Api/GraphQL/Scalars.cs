using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.Api.GraphQL;

/// <summary>
/// Times in UTC. In: <see cref="DateTimeOffset"/> from ISO 8601 text. Out: with as many digits as the time has.
/// </summary>
internal sealed class DateTimeCodec : ScalarCodec
{
    private const int RoundTripLength = 28;
    private const int MicrosecondsEnd = 26;
    private const string Allowed = "a time such as 2026-01-31T12:00:00Z is expected";

    public override IReadOnlyList<Type> ClrTypes => [typeof(DateTimeOffset)];

    public override object ParseLiteral(ValueNode literal) => Parse((literal as StringValue)?.Value);

    public override object ParseJson(JsonElement json) =>
        Parse(json.ValueKind == JsonValueKind.String ? json.GetString() : null);

    /// <summary>Writes microseconds, the stored precision.</summary>
    public override object Serialize(object value)
    {
        // The round-trip format has a fixed length and a fast path: 2026-01-31T12:00:00.1234567Z.
        Span<char> text = stackalloc char[RoundTripLength];
        ((DateTimeOffset)value).UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var digits = text[..MicrosecondsEnd].TrimEnd('0').TrimEnd('.');
        text[digits.Length] = 'Z';
        return new string(text[..(digits.Length + 1)]);
    }

    private static object Parse(string? text) =>
        text is { Length: >= 10 }
        && text[4] == '-'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CoercionException(Allowed);
}

/// <summary>Whole numbers of 64 bits; only written.</summary>
internal sealed class LongCodec : ScalarCodec
{
    public override IReadOnlyList<Type> ClrTypes => [typeof(long)];

    public override object ParseLiteral(ValueNode literal) =>
        literal is IntValue number
        && long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new CoercionException("a whole number of 64 bits is expected");

    public override object ParseJson(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var value)
            ? value
            : throw new CoercionException("a whole number of 64 bits is expected");

    public override object Serialize(object value) => value;
}

/// <summary>
/// Any JSON value. In: a <see cref="JsonElement"/> with the digits as they were written. Out: a
/// <see cref="JsonElement"/>, or the bytes of a body that was checked when it came in.
/// </summary>
internal sealed class JsonCodec : ScalarCodec
{
    /// <summary>Values deeper than this are refused.</summary>
    private const int MaxDepth = 32;

    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    public override object ParseLiteral(ValueNode literal)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, literal, 0);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    public override object ParseJson(JsonElement json) => json.Clone();

    public override object Serialize(object value) => value is ReadOnlyMemory<byte> body ? OneLine(body) : value;

    /// <summary>
    /// Event streams need an answer on one line. JSON has line breaks only between tokens, where a blank means the
    /// same.
    /// </summary>
    private static object OneLine(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.ContainsAny(LineBreaks))
            return body;
        var line = body.ToArray();
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        return new ReadOnlyMemory<byte>(line);
    }

    private static void Write(Utf8JsonWriter writer, ValueNode literal, int depth)
    {
        if (depth > MaxDepth)
            throw new CoercionException($"a JSON value of at most {MaxDepth} levels is expected");
        switch (literal)
        {
            case NullValue:
                writer.WriteNullValue();
                break;
            case BooleanValue boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case StringValue text:
                writer.WriteStringValue(text.Value);
                break;
            // GraphQL writes numbers as JSON does.
            case IntValue number:
                writer.WriteRawValue(number.Value);
                break;
            case FloatValue number:
                writer.WriteRawValue(number.Value);
                break;
            case ListValue list:
                writer.WriteStartArray();
                foreach (var item in list.Values)
                    Write(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            case ObjectValue value:
                writer.WriteStartObject();
                foreach (var field in value.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new CoercionException(
                    "a JSON value is expected; a variable stands for a whole value, not for a part of one");
        }
    }
}
