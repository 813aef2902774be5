using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Makes the error of a faulty body: the fault and its place. Not on the hot path: it may read the body again.
/// </summary>
internal static class BodyErrors
{
    public static TributaryException NotUtf8(ReadOnlySpan<byte> body)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(body[valid..], out _, out var length) == OperationStatus.Done)
            valid += length;
        return new TributaryException(
            "body_not_json", $"The body is not UTF-8: byte {valid + 1}; allowed: a JSON object in UTF-8.");
    }

    public static TributaryException NotObject(ReadOnlySpan<byte> body)
    {
        var first = (char)body.TrimStart(" \t\r\n"u8)[0];
        var found = first switch
        {
            '[' => "an array",
            '"' => "a string",
            't' or 'f' => "a boolean",
            'n' => "null",
            _ => "a number",
        };
        return new TributaryException("body_not_object", $"The body is {found}; allowed: one JSON object.");
    }

    public static TributaryException NotJson(ReadOnlySpan<byte> body, JsonException error)
    {
        if (IsTooDeep(body))
            return new TributaryException(
                "body_too_deep", $"The body is nested deeper than {BodyScan.MaxDepth} objects and arrays.", error);

        var reason = error.Message;
        var position = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (position >= 0)
            reason = reason[..position];
        return new TributaryException(
            "body_not_json",
            $"The body is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: {reason}",
            error);
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = BodyScan.MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                // The depth of a start token is counted before it is entered.
                if (reader.CurrentDepth >= BodyScan.MaxDepth
                    && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    return true;
            }
        }
        catch (JsonException)
        {
            // The body is broken before it is too deep: the first error stands.
        }

        return false;
    }
}
