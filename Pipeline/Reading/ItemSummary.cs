using System.Text.Json;
using Tributary.Grains.Items;
using Tributary.Messages;

namespace Tributary.Pipeline.Reading;

/// <summary>
/// The fields of an item that lists show, read from its stored state in one pass, for an item whose messages are all
/// done. Lists read many items, and the general reader would cost more than the rest of their work.
/// </summary>
public readonly record struct ItemSummary(
    long Sequence, string Source, string MediaType, DateTimeOffset FirstReceivedAt, DateTimeOffset LastReceivedAt,
    MessageId LastMessage)
{
    /// <summary>
    /// False when the state holds more than a summary: unfinished messages, or fields of a newer version.
    /// </summary>
    /// <param name="state">An <see cref="ItemState"/> as JSON in UTF-8.</param>
    /// <exception cref="JsonException">The state is not JSON.</exception>
    public static bool TryRead(ReadOnlySpan<byte> state, out ItemSummary summary)
    {
        summary = default;
        var (sequence, first, last, message) = (0L, default(long?), 0L, default(Guid));
        var (source, mediaType) = ("", MediaTypes.Json);
        var reader = new Utf8JsonReader(state);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("n"u8))
                sequence = reader.GetInt64();
            else if (name.SequenceEqual("src"u8))
                source = reader.GetString()!;
            else if (name.SequenceEqual("type"u8))
                mediaType = reader.GetString() ?? MediaTypes.Json;
            else if (name.SequenceEqual("first"u8))
                first = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64();
            else if (name.SequenceEqual("last"u8))
                last = reader.GetInt64();
            else if (name.SequenceEqual("msg"u8))
                message = reader.GetGuid();
            else
                return false;
        }

        summary = new ItemSummary(
            sequence,
            source,
            mediaType,
            DateTimeOffset.FromUnixTimeMilliseconds(first ?? last),
            DateTimeOffset.FromUnixTimeMilliseconds(last),
            new MessageId(message));
        return true;
    }
}
