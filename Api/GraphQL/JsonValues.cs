using System.Text.Json;

namespace Tributary.Api.GraphQL;

/// <summary>Values of the JSON scalar as arguments: null for JSON's null.</summary>
internal static class JsonValues
{
    public static JsonElement Null { get; } = JsonElement.Parse("null");

    public static JsonElement Of(object? value) => value is JsonElement json ? json : Null;

    /// <summary>A JSON array of the values, each with its digits as they were written.</summary>
    public static JsonElement ArrayOf(IReadOnlyList<object?> values) => JsonElement.Parse(TextOf(values));

    public static string TextOf(IReadOnlyList<object?> values) =>
        "[" + string.Join(',', values.Select(value => Of(value).GetRawText())) + "]";
}
