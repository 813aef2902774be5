using System.Text.Json;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// A schema refers only to itself, so that no start depends on files or other servers.
/// </summary>
internal static class SchemaReferences
{
    /// <exception cref="FormatException">The text is no JSON, or refers to another document.</exception>
    public static void Check(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Check(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    // The recursion is bounded: JsonDocument nests at most 64 deep.
    private static void Check(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Check(item);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.NameEquals("$ref") && property.Value.ValueKind == JsonValueKind.String)
                    CheckTarget(property.Value.GetString()!);
                Check(property.Value);
            }
        }
    }

    private static void CheckTarget(string target)
    {
        if (target != "#" && !target.StartsWith("#/", StringComparison.Ordinal))
            throw new FormatException($"$ref is '{target}'; allowed: # or a place in the schema, which begins with #/");
    }
}
