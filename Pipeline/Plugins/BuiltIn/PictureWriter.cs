using System.Text.Json;
using MetadataExtractor.Formats.FileType;
using MetadataExtractor.Formats.Jpeg;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>Writes a picture's record.</summary>
internal static class PictureWriter
{
    private const int MaxFaultsCount = 10;

    public static ReadOnlyMemory<byte> Write(string mediaType, PictureFacts facts, ExifOptions options) =>
        RecordWriter.Object((mediaType, facts, options), static (json, state) =>
        {
            var (mediaType, facts, options) = state;
            json.WriteString("media_type"u8, mediaType);
            WriteText(json, "make", facts.Make);
            WriteText(json, "model", facts.Model);
            WriteText(json, "lens", facts.Lens);
            WriteText(json, "software", facts.Software);
            WriteText(json, "taken_at", facts.TakenAt);
            if (facts.Location is { } location)
                WriteGps(json, location, facts.LocatedAt);
            WriteTags(json, facts, options);
            WriteFaults(json, facts);
        });

    private static void WriteGps(Utf8JsonWriter json, PictureLocation location, DateTime? at)
    {
        json.WriteStartObject("gps"u8);
        // A ten-millionth of a degree is a centimetre.
        json.WriteNumber("latitude"u8, Math.Round(location.Latitude, 7));
        json.WriteNumber("longitude"u8, Math.Round(location.Longitude, 7));
        if (location.AltitudeM is { } altitude)
            json.WriteNumber("altitude_m"u8, Math.Round(altitude, 3));
        if (at is { } time)
            json.WriteString("at"u8, time.ToString("yyyy-MM-ddTHH:mm:ss'Z'"));
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, PictureFacts facts, ExifOptions options)
    {
        var leftOut = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>();
        json.WriteStartObject("tags"u8);
        foreach (var group in facts.Groups)
        {
            // The file's name and Huffman tables say nothing of the picture; makers' notes are long and hardly
            // documented.
            if (group is FileTypeDirectory or HuffmanTablesDirectory || group.TagCount == 0)
                continue;
            var name = TagWriter.NameOf(group.Name);
            if (!options.MakerNotes && group.Name.Contains("Makernote", StringComparison.Ordinal))
                continue;

            var tags = TagWriter.Write(group);
            // Some formats repeat a group, as for several frames: the first one stands.
            if (json.BytesCommitted + json.BytesPending + tags.Length > options.MaxRecordBytes)
                leftOut.Add(name);
            else if (seen.Add(name))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(tags, skipInputValidation: true);
            }
        }

        json.WriteEndObject();
        if (leftOut.Count == 0)
            return;
        json.WriteStartArray("left_out"u8);
        foreach (var name in leftOut)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void WriteFaults(Utf8JsonWriter json, PictureFacts facts)
    {
        var faults = facts
            .Groups.Where(static group => group.HasError)
            .SelectMany(static group =>
                group.Errors.Select(error =>
                    $"{TagWriter.NameOf(group.Name)}: {ErrorText.Cut(error, PictureFacts.MaxTextChars)}"))
            .Take(MaxFaultsCount)
            .ToList();
        if (faults.Count == 0)
            return;
        json.WriteStartArray("faults"u8);
        foreach (var fault in faults)
            json.WriteStringValue(fault);
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
