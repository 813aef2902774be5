using System.Globalization;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <param name="AltitudeM">Above the sea, negative below.</param>
internal sealed record PictureLocation(double Latitude, double Longitude, double? AltitudeM);

/// <summary>The facts of a picture that most readers want, from any group of tags.</summary>
internal sealed record PictureFacts(IReadOnlyList<MetadataExtractor.Directory> Groups)
{
    public const int MaxTextChars = 256;

    /// <summary>Null when the tag is missing or blank; at most <see cref="MaxTextChars"/> long.</summary>
    public string? Make { get; private init; }

    public string? Model { get; private init; }

    public string? Software { get; private init; }

    public string? Lens { get; private init; }

    /// <summary>
    /// As <c>yyyy-MM-ddTHH:mm:ss</c>, with an offset when the camera noted one: otherwise its clock's time, wherever it
    /// was.
    /// </summary>
    public string? TakenAt { get; private init; }

    /// <summary>Null when there is none, or one that is not on Earth.</summary>
    public PictureLocation? Location { get; private init; }

    /// <summary>When the position was taken, in UTC.</summary>
    public DateTime? LocatedAt { get; private init; }

    public static PictureFacts Of(IReadOnlyList<MetadataExtractor.Directory> groups)
    {
        var gps = groups.OfType<GpsDirectory>().FirstOrDefault();
        return new PictureFacts(groups)
        {
            Make = Text(groups, ExifDirectoryBase.TagMake),
            Model = Text(groups, ExifDirectoryBase.TagModel),
            Software = Text(groups, ExifDirectoryBase.TagSoftware),
            Lens = Text(groups, ExifDirectoryBase.TagLensModel),
            TakenAt = TakenAtOf(groups),
            Location = gps is null ? null : LocationOf(gps),
            LocatedAt = gps is null ? null : LocatedAtOf(gps),
        };
    }

    /// <summary>Text of a tag without the padding that cameras leave around it.</summary>
    public static string Trim(string text) => text.Trim('\0', ' ', '\t', '\r', '\n');

    private static string? Text(IReadOnlyList<MetadataExtractor.Directory> groups, int tag)
    {
        foreach (var group in groups)
        {
            if (group is ExifIfd0Directory or ExifSubIfdDirectory
                && group.GetString(tag) is { } text
                && Trim(text) is { Length: > 0 } trimmed)
                return ErrorText.Cut(trimmed, MaxTextChars);
        }

        return null;
    }

    private static string? TakenAtOf(IReadOnlyList<MetadataExtractor.Directory> groups)
    {
        var text = Text(groups, ExifDirectoryBase.TagDateTimeOriginal);
        if (!DateTime.TryParseExact(
                text, "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var taken))
            return null;

        var local = taken.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        var offset = Text(groups, ExifDirectoryBase.TagTimeZoneOriginal);
        return
            offset is [('+' or '-'), _, _, ':', _, _]
            && DateTimeOffset.TryParse(local + offset, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? local + offset
            : local;
    }

    private static DateTime? LocatedAtOf(GpsDirectory gps)
    {
        try
        {
            return gps.TryGetGpsDate(out var at) ? at : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // The hour, minute or second is a number that no day has.
            return null;
        }
    }

    private static PictureLocation? LocationOf(GpsDirectory gps)
    {
        if (gps.GetGeoLocation() is not { } place
            || !(Math.Abs(place.Latitude) <= 90)
            || !(Math.Abs(place.Longitude) <= 180))
            return null;

        double? altitude = null;
        if (gps.TryGetRational(GpsDirectory.TagAltitude, out var height) && double.IsFinite(height.ToDouble()))
            altitude =
                gps.TryGetInt32(GpsDirectory.TagAltitudeRef, out var reference) && reference == 1
                    ? -height.ToDouble()
                    : height.ToDouble();
        return new PictureLocation(place.Latitude, place.Longitude, altitude);
    }
}
