using System.Text.Json;
using Tributary.Pipeline.Contributions;

namespace Tributary.Pipeline.Aggregates;

/// <summary>Writes a group that a reader asks for in the stored form.</summary>
public static class GroupKey
{
    private const string Allowed = "a JSON array of strings, numbers, true, false and null, such as [\"us\",4]";

    /// <summary>The stored form of a group: <c>[ "us", 4.0 ]</c> becomes <c>["us",4]</c>.</summary>
    /// <param name="json">A JSON array in UTF-8.</param>
    /// <exception cref="TributaryException"><c>group_invalid</c>.</exception>
    public static string Normalise(ReadOnlySpan<byte> json)
    {
        if (json.Length > ContributionCalculator.MaxGroupBytes)
            throw new TributaryException(
                "group_invalid",
                $"Found a group of {json.Length} bytes; allowed: at most {ContributionCalculator.MaxGroupBytes}.");

        try
        {
            return Write(json);
        }
        catch (JsonException error)
        {
            throw new TributaryException(
                "group_invalid", $"Found a group that is not JSON; allowed: {Allowed}.", error);
        }
    }

    private static string Write(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1 });
        var writer = new GroupWriter(stackalloc char[ContributionCalculator.MaxGroupBytes]);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new TributaryException("group_invalid", $"Found {reader.TokenType}; allowed: {Allowed}.");

        writer.Append('[');
        for (var isFirst = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; isFirst = false)
        {
            if (!isFirst)
                writer.Append(',');
            var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
            var value = new FoundValue(
                reader.TokenType, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length, reader.ValueIsEscaped);
            if (writer.Append(value, json) is { } reason)
                throw new TributaryException(
                    "group_invalid", $"Found a value that no group has ({reason}); allowed: {Allowed}.");
        }

        writer.Append(']');
        reader.Read();
        return writer.IsFull
            ? throw new TributaryException(
                "group_invalid",
                $"Found a group that is too long; allowed: at most {ContributionCalculator.MaxGroupBytes} bytes.")
            : new string(writer.Text);
    }
}
