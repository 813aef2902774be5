using System.Text.Json;
using Tributary.Measures;

namespace Tributary.Pipeline.Definitions;

/// <summary>A place in a definition that is being read: collects errors, so that all are named at once.</summary>
internal sealed class DefinitionNode(JsonElement json, string key, List<DefinitionError> errors)
{
    private const int MaxFoundChars = 80;

    public string Key { get; } = key;

    public void Fail(string allowed) => Fail(Key, Show(json), allowed);

    public void Fail(string at, string found, string allowed) => errors.Add(new DefinitionError(at, found, allowed));

    /// <summary>True when this is an object whose fields are all among <paramref name="allowed"/>.</summary>
    public bool IsObject(params ReadOnlySpan<string> allowed)
    {
        var known = string.Join(", ", allowed);
        if (json.ValueKind != JsonValueKind.Object)
        {
            Fail($"an object with {known}");
            return false;
        }

        var seen = new HashSet<string>();
        foreach (var field in json.EnumerateObject())
        {
            if (!allowed.Contains(field.Name))
                Fail($"{Key}.{field.Name}", "an unknown key", known);
            else if (!seen.Add(field.Name))
                Fail($"{Key}.{field.Name}", "the key twice", "each key once");
        }

        return true;
    }

    /// <summary>The field, or null when it is missing or null.</summary>
    public DefinitionNode? Field(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new DefinitionNode(value, $"{Key}.{name}", errors)
            : null;

    /// <summary>A field that must be there.</summary>
    public DefinitionNode? Required(string name, string allowed)
    {
        var field = Field(name);
        if (field is null)
            Fail($"{Key}.{name}", "nothing", allowed);
        return field;
    }

    public string? Text() => json.ValueKind == JsonValueKind.String ? json.GetString() : null;

    public double? Number() =>
        json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number) ? number : null;

    public ExactDecimal? Exact() =>
        json.ValueKind == JsonValueKind.Number
        && ExactDecimal.TryParse(System.Text.Encoding.ASCII.GetBytes(json.GetRawText()), out var number)
            ? number
            : null;

    /// <summary>The elements read by <paramref name="read"/>, null where that failed.</summary>
    public List<T?> List<T>(int maxCount, Func<DefinitionNode, T?> read, int minCount = 0)
    {
        var list = new List<T?>();
        var count = json.ValueKind == JsonValueKind.Array ? json.GetArrayLength() : -1;
        if (count < minCount || count > maxCount)
        {
            Fail(Key, count < 0 ? Show(json) : $"a list of {count}", $"a list of {minCount} to {maxCount}");
            return list;
        }

        foreach (var element in json.EnumerateArray())
            list.Add(read(new DefinitionNode(element, $"{Key}[{list.Count}]", errors)));
        return list;
    }

    private static string Show(JsonElement json) => ErrorText.Cut(json.GetRawText(), MaxFoundChars);
}
