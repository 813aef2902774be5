using System.Text.Json;
using Tributary.Messages;
using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Content;

/// <summary>Media types as they are compared: in lower case and without parameters.</summary>
public static class MediaTypeNames
{
    // Types that stores give when nobody set one.
    private static readonly string[] SaysNothing =
    [
        MediaTypes.Unknown,
        "binary/octet-stream",
        "application/x-www-form-urlencoded",
        "application/x-download",
        "application/force-download",
        "unknown/unknown",
    ];

    /// <summary>The type without parameters; null when the text is no media type, or one that says nothing.</summary>
    public static string? Normalize(string? mediaType)
    {
        if (mediaType is null)
            return null;
        var name = MediaTypes.WithoutParameters(mediaType);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1 && !SaysNothing.Contains(name) ? name : null;
    }

    /// <summary>The media type that the metadata gives for the content, or null.</summary>
    public static string? FromMetadata(JsonElement? metadata, MimePath? path)
    {
        if (metadata is not { } found || path is null)
            return null;
        return At(found, path.Path.Split(path.Separator)) ?? At(found, path.Path.Split('.'));
    }

    private static string? At(JsonElement value, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value))
                return null;
        }

        return value.ValueKind == JsonValueKind.String ? Normalize(value.GetString()) : null;
    }
}
