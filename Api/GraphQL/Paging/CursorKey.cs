using System.Text.Json;

namespace Tributary.Api.GraphQL.Paging;

/// <summary>The key of a cursor that consists of several texts: a JSON array of them.</summary>
internal static class CursorKey
{
    public static string Of(params string[] texts) =>
        JsonSerializer.Serialize(texts, CursorKeyJson.Default.StringArray);

    /// <summary>The texts of a key; null when the text, which a caller sent, is no key.</summary>
    public static string?[]? Read(string key)
    {
        try
        {
            return JsonSerializer.Deserialize(key, CursorKeyJson.Default.StringArray);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
