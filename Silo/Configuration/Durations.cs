using System.Globalization;

namespace Tributary.Silo.Configuration;

/// <summary>Durations as people write them: a whole number and a unit.</summary>
internal static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("smhd");
        var unit = text[digits.Length..];
        var found = Array.Find(Units, one => one.Unit == unit);
        if (found.Unit is null || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;

        duration = found.Length * count;
        return true;
    }

    public static string Show(TimeSpan duration)
    {
        var (unit, length) = Array.FindLast(Units, one => duration.Ticks % one.Length.Ticks == 0 && duration >= one.Length);
        return $"{duration.Ticks / length.Ticks}{unit}";
    }
}
