using System.Text.Json;

namespace Tributary.Plugins.Folders;

/// <summary>
/// A map of a plugin's configuration. Reading a value that is not allowed throws <c>configuration_invalid</c>, which
/// names the key, the value found and the values allowed.
/// </summary>
internal sealed class ConfigurationMap
{
    private const int MaxFoundChars = 80;

    private readonly string path;

    public ConfigurationMap(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Invalid(path, json, "a map");
        Json = json;
        this.path = path;
    }

    public JsonElement Json { get; }

    public void AllowOnly(params ReadOnlySpan<string> keys)
    {
        foreach (var field in Json.EnumerateObject())
        {
            if (!keys.Contains(field.Name))
                throw Invalid(At(field.Name), "an unknown key", string.Join(", ", keys));
        }
    }

    public ConfigurationMap? Map(string key) => Field(key) is { } field ? new ConfigurationMap(field, At(key)) : null;

    public string? Text(string key, bool mayBeEmpty = false) =>
        Field(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } field
                when field.GetString() is { } text && (text.Length > 0 || mayBeEmpty) => text,
            { } field => throw Invalid(At(key), field, "a text"),
        };

    public double? Number(string key, double min, double max) =>
        Field(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } field
                when field.TryGetDouble(out var number) && number >= min && number <= max => number,
            { } field => throw Invalid(At(key), field, $"a number from {min} to {max}"),
        };

    public long? Whole(string key, long min, long max) =>
        Field(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } field
                when field.TryGetInt64(out var number) && number >= min && number <= max => number,
            { } field => throw Invalid(At(key), field, $"a whole number from {min} to {max}"),
        };

    /// <summary>Empty when the key is not set; a single text counts as a list with one item.</summary>
    public IReadOnlyList<string> Texts(string key, int maxCount)
    {
        switch (Field(key))
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } one:
                return [one.GetString()!];
            case { ValueKind: JsonValueKind.Array } list
                when list.GetArrayLength() <= maxCount
                    && list.EnumerateArray()
                        .All(static item => item.ValueKind is JsonValueKind.String or JsonValueKind.Number):
                return [.. list.EnumerateArray().Select(static item => item.ToString())];
            case { } field:
                throw Invalid(At(key), field, $"a list of at most {maxCount} texts");
        }
    }

    public JsonElement? Field(string key) =>
        Json.TryGetProperty(key, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    public TributaryException Missing(string key, string allowed) => Invalid(At(key), "nothing", allowed);

    // For maps and lists the message shows the kind of value only: they may contain secrets.
    public static TributaryException Invalid(string key, JsonElement found, string allowed) =>
        Invalid(
            key,
            found.ValueKind is JsonValueKind.Object ? "a map"
                : found.ValueKind is JsonValueKind.Array ? $"a list of {found.GetArrayLength()}"
                : ErrorText.Cut(found.GetRawText(), MaxFoundChars),
            allowed);

    public static TributaryException Invalid(string key, string found, string allowed) =>
        new(
            "configuration_invalid",
            $"{(key.Length == 0 ? "the configuration" : key)}: found {found}; allowed: {allowed}.");

    private string At(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
