using System.Buffers.Text;
using System.Text.Json;
using Tributary.Measures;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Contributions;

/// <summary>Reads the time of an event, in milliseconds since 1970-01-01 UTC, rounded down.</summary>
internal static class EventTime
{
    private static readonly long MinMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Null when the value is not a time in this format.</summary>
    public static long? ReadMs(in FoundValue value, ReadOnlySpan<byte> body, TimeFormat format)
    {
        if (format == TimeFormat.Iso)
            return value is { Type: JsonTokenType.String, IsEscaped: false } ? ParseIso(value.Of(body)) : null;
        if (value.Type != JsonTokenType.Number)
            return null;

        var text = value.Of(body);
        long? ms;
        if (format == TimeFormat.UnixMs
            && Utf8Parser.TryParse(text, out long whole, out var used)
            && used == text.Length)
            ms = whole;
        else
            ms = ExactDecimal.TryParse(text, out var number)
                ? number.FloorToInt64(format == TimeFormat.UnixS ? 3 : 0)
                : null;
        return ms >= MinMs && ms <= MaxMs ? ms : null;
    }

    /// <summary>
    /// A date and time by RFC 3339 (<c>2026-01-31T23:59:59.25Z</c>, any number of digits in the fraction, Z or ±hh:mm),
    /// or a date alone, which is its midnight in UTC.
    /// </summary>
    public static long? ParseIso(ReadOnlySpan<byte> text)
    {
        if (text.Length < 10 || text[4] != '-' || text[7] != '-')
            return null;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day))
            return null;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;

        var dayMs =
            (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerMillisecond;
        return text.Length == 10 ? dayMs : dayMs + ParseTime(text[10..]);
    }

    private static long? ParseTime(ReadOnlySpan<byte> text)
    {
        if (text.Length < 10
            || text[0] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || text[3] != ':'
            || text[6] != ':')
            return null;
        if (!Digits(text[1..3], out var hour)
            || !Digits(text[4..6], out var minute)
            || !Digits(text[7..9], out var second))
            return null;
        // A leap second (60) counts as the first moment of the next minute.
        if (hour > 23 || minute > 59 || second > 60)
            return null;

        var ms = ((hour * 60L + minute) * 60 + second) * 1000;
        text = text[9..];
        if (text[0] == '.')
        {
            var end = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
            if (end < 2)
                return null;
            for (int at = 1, weight = 100; at < end && weight > 0; at++, weight /= 10)
                ms += (text[at] - '0') * weight;
            text = text[end..];
        }

        if (text is [(byte)'Z' or (byte)'z'])
            return ms;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return null;
        if (!Digits(text[1..3], out var hours) || !Digits(text[4..6], out var minutes) || hours > 23 || minutes > 59)
            return null;

        var offsetMs = (hours * 60L + minutes) * 60_000;
        return text[0] == '+' ? ms - offsetMs : ms + offsetMs;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var character in text)
        {
            if (character is < (byte)'0' or > (byte)'9')
                return false;
            number = number * 10 + (character - '0');
        }

        return true;
    }
}
