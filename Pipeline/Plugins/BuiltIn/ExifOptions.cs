using System.Text.Json;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>The configuration of the plugin <c>exif</c>.</summary>
internal sealed record ExifOptions
{
    private const string Keys = "maker_notes, max_content_bytes, max_record_bytes";

    /// <summary>True to keep tags that only the camera's maker understands.</summary>
    public bool MakerNotes { get; init; }

    /// <summary>A larger picture is refused: some formats are read as a whole.</summary>
    public long MaxContentBytes { get; init; } = 256L << 20;

    /// <summary>Groups of tags that would make the record longer are left out and named in it.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 10;

    /// <exception cref="TributaryException">
    /// <c>configuration_invalid</c>: names key, what was found, what is allowed.
    /// </exception>
    public static ExifOptions Read(JsonElement configuration)
    {
        var options = new ExifOptions();
        if (configuration.ValueKind != JsonValueKind.Object)
            throw Invalid("plugin", configuration, "a map with " + Keys);
        foreach (var field in configuration.EnumerateObject())
        {
            options = field.Name switch
            {
                "maker_notes" => options with
                {
                    MakerNotes = field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                        ? field.Value.GetBoolean()
                        : throw Invalid(field.Name, field.Value, "true, false"),
                },
                "max_content_bytes" => options with { MaxContentBytes = Whole(field, 1, 2L << 30) },
                "max_record_bytes" => options with { MaxRecordBytes = (int)Whole(field, 1 << 10, 1 << 20) },
                _ => throw Invalid(field.Name, field.Value, "one of the keys " + Keys),
            };
        }

        return options;
    }

    private static long Whole(JsonProperty field, long min, long max) =>
        field.Value.ValueKind == JsonValueKind.Number
        && field.Value.TryGetInt64(out var number)
        && number >= min
        && number <= max
            ? number
            : throw Invalid(field.Name, field.Value, $"a whole number of bytes from {min} to {max}");

    private static TributaryException Invalid(string key, JsonElement found, string allowed) =>
        new("configuration_invalid",
            $"{key}: found "
            + $"{ErrorText.Cut(found.ValueKind == JsonValueKind.Undefined ? "nothing" : found.GetRawText(), 80)}; "
            + $"allowed: {allowed}.");
}
