using System.Globalization;

namespace Tributary.Pipeline.Definitions;

/// <summary>Durations as people write them: a whole number and a unit.</summary>
internal static class DurationText
{
    /// <summary>The shortest window.</summary>
    public const long MinMs = 1_000;

    /// <summary>The longest window: 366 days.</summary>
    public const long MaxMs = 366L * 86_400_000;

    public const string Allowed = "a whole number with ms, s, m, h or d, such as 15m or 1d, from 1s to 366d";

    /// <summary>Null when the text is no such duration.</summary>
    public static long? ParseMs(string? text)
    {
        if (text is null)
            return null;

        var digits = text.AsSpan().TrimEnd("smhd");
        var unitMs = text[digits.Length..] switch
        {
            "ms" => 1L,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        if (unitMs == 0
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > MaxMs / unitMs)
            return null;

        return number * unitMs is >= MinMs and var ms ? ms : null;
    }
}
