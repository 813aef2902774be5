using System.Text;
using System.Text.Json;
using Tributary.Messages;

namespace Tributary.Pipeline.Content;

/// <summary>Tells the media type of texts in UTF-8 or UTF-16.</summary>
internal static class TextSniffer
{
    // So many lines must have the same number of separators in a table.
    private const int MinTableLinesCount = 2;
    private const int MaxTableLinesCount = 20;

    /// <param name="isWhole">True when <paramref name="head"/> is the whole content.</param>
    public static string? Find(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return "text/plain";
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            head = head[3..];
        if (head.IsEmpty || !IsText(head, isWhole))
            return null;

        var text = head.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return "text/plain";
        return text[0] switch
        {
            (byte)'{' or (byte)'[' when IsJson(text, isWhole) => MediaTypes.Json,
            (byte)'<' => Markup(text),
            _ when text.StartsWith("BEGIN:VCARD"u8) => "text/vcard",
            _ when text.StartsWith("BEGIN:VCALENDAR"u8) => "text/calendar",
            _ when text.StartsWith("From "u8)
                    || text.StartsWith("Received: "u8)
                    || text.StartsWith("Return-Path: "u8) => "message/rfc822",
            _ when IsTable(text, isWhole, (byte)'\t') => "text/tab-separated-values",
            _ when IsTable(text, isWhole, (byte)',') || IsTable(text, isWhole, (byte)';') => "text/csv",
            _ => "text/plain",
        };
    }

    private static bool IsText(ReadOnlySpan<byte> head, bool isWhole)
    {
        foreach (var value in head)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B))
                return false;
        }

        if (System.Text.Unicode.Utf8.IsValid(head))
            return true;
        // The head may end inside a character.
        for (var cut = 1; !isWhole && cut < Math.Min(4, head.Length); cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut]))
                return true;
        }

        return false;
    }

    // Of a longer text only the head can be checked.
    private static bool IsJson(ReadOnlySpan<byte> text, bool isWhole)
    {
        try
        {
            var reader = new Utf8JsonReader(
                text, isFinalBlock: isWhole, new JsonReaderState(new JsonReaderOptions { MaxDepth = 1_000 }));
            while (reader.Read())
            {
                // A head that is not JSON makes the read throw.
            }

            return reader.TokenType != JsonTokenType.None && (isWhole || reader.BytesConsumed > 1);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Markup(ReadOnlySpan<byte> text)
    {
        var start = Encoding.Latin1.GetString(text[..Math.Min(text.Length, 1_024)]).ToLowerInvariant();
        if (start.StartsWith("<!doctype html", StringComparison.Ordinal)
            || start.StartsWith("<html", StringComparison.Ordinal)
            || start.StartsWith("<head", StringComparison.Ordinal))
            return "text/html";
        if (start.StartsWith("<svg", StringComparison.Ordinal))
            return "image/svg+xml";
        if (!start.StartsWith("<?xml", StringComparison.Ordinal))
            return "text/plain";
        return start.Contains("<svg", StringComparison.Ordinal) ? "image/svg+xml"
            : start.Contains("<gpx", StringComparison.Ordinal) ? "application/gpx+xml"
            : start.Contains("<kml", StringComparison.Ordinal) ? "application/vnd.google-earth.kml+xml"
            : start.Contains("<html", StringComparison.Ordinal) ? "application/xhtml+xml"
            : "application/xml";
    }

    private static bool IsTable(ReadOnlySpan<byte> text, bool isWhole, byte separator)
    {
        var lines = 0;
        var columns = 0;
        while (!text.IsEmpty && lines < MaxTableLinesCount)
        {
            var count = SeparatorsOf(ref text, separator, out var isEnded);
            // The last line of the head may be cut.
            if (!isEnded && !isWhole)
                break;
            if (count == 0 || (lines > 0 && count != columns))
                return false;
            columns = count;
            lines++;
        }

        return lines >= MinTableLinesCount;
    }

    // Reads one line; separators and ends of lines between quotes belong to a value.
    private static int SeparatorsOf(ref ReadOnlySpan<byte> text, byte separator, out bool isEnded)
    {
        var count = 0;
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && text[i] == separator)
                count++;
            else if (!isQuoted && text[i] == '\n')
            {
                text = text[(i + 1)..];
                isEnded = true;
                return count;
            }
        }

        text = default;
        isEnded = false;
        return count;
    }
}
