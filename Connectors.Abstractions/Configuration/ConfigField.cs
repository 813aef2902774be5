using System.Globalization;

namespace Tributary.Connectors.Configuration;

/// <summary>
/// A place in the configuration that is being read. Collects errors, so that one start reports all of them.
/// </summary>
/// <param name="node">Null when nothing is configured at this place.</param>
/// <param name="parentOrigin">The origin that the error of a missing value names.</param>
public sealed class ConfigField(ConfigNode? node, string key, string parentOrigin, List<ConfigError> errors)
{
    private const int MaxFoundChars = 80;

    public string Key { get; } = key;

    public bool IsSet => node is not null and not ConfigScalar { Text: "" or "~" or "null", IsQuoted: false };

    public string Origin => node?.Origin ?? parentOrigin;

    public ConfigNode? Node => node;

    /// <summary>
    /// The number of errors reported in the whole configuration so far. Unchanged between two points:
    /// every value read between them is sound.
    /// </summary>
    public int ErrorCount => errors.Count;

    /// <summary>Reports this value as wrong; the text of a secret is not shown.</summary>
    public void Fail(string allowed, bool isSecret = false) => Fail(Show(isSecret), allowed);

    public void Fail(string found, string allowed) => errors.Add(new ConfigError(Origin, Key, found, allowed));

    /// <summary>
    /// The fields of a map whose keys are all among <paramref name="allowed"/>; fields that are
    /// not set when nothing is configured.
    /// </summary>
    public ConfigSection Section(params ReadOnlySpan<string> allowed)
    {
        var known = string.Join(", ", allowed);
        if (IsSet && node is not ConfigMap)
            Fail($"a map with {known}");
        var map = node as ConfigMap ?? new ConfigMap(Origin);
        foreach (var (name, _) in map.Fields)
        {
            if (!allowed.Contains(name))
                errors.Add(new ConfigError(map.Keys[name], Path(name), "an unknown key", known));
        }

        return new ConfigSection(map, this, errors);
    }

    public string? Text(string allowed, bool isSecret = false)
    {
        if (!IsSet)
            return null;
        if (node is ConfigScalar { Text.Length: > 0 } scalar)
            return scalar.Text;
        Fail(allowed, isSecret);
        return null;
    }

    public bool? Flag()
    {
        if (!IsSet)
            return null;
        // The booleans of the YAML 1.2 core schema, which Python's YAML library writes too.
        if (node is ConfigScalar { Text: "true" or "True" or "TRUE" or "false" or "False" or "FALSE" } flag)
            return flag.Text is "true" or "True" or "TRUE";
        Fail("true or false");
        return null;
    }

    public string? OneOf(params ReadOnlySpan<string> allowed)
    {
        if (!IsSet)
            return null;
        if (node is ConfigScalar scalar && allowed.Contains(scalar.Text))
            return scalar.Text;
        Fail(string.Join(", ", allowed));
        return null;
    }

    public long? Whole(long min, long max, string unit)
    {
        if (!IsSet)
            return null;
        if (node is ConfigScalar scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max)
        {
            return number;
        }

        Fail(string.Create(CultureInfo.InvariantCulture, $"a whole number of {unit} from {min} to {max}"));
        return null;
    }

    /// <summary>The items of a list; a single text counts as a list with one item.</summary>
    public IReadOnlyList<ConfigField> List(int maxCount, string allowed)
    {
        if (!IsSet)
            return [];
        IReadOnlyList<ConfigNode>? items = node switch
        {
            ConfigList list => list.Items,
            ConfigScalar one => [one],
            _ => null,
        };
        if (items is null || items.Count > maxCount)
        {
            Fail(
                items is null ? Show(isSecret: true) : $"a list of {items.Count}",
                $"a list of at most {maxCount}: {allowed}");
            return [];
        }

        return
        [
            .. items.Select(
                (item, index) =>
                    new ConfigField(
                        item, string.Create(CultureInfo.InvariantCulture, $"{Key}[{index}]"), Origin, errors)),
        ];
    }

    internal string Path(string name) => Key.Length == 0 ? name : $"{Key}.{name}";

    private string Show(bool isSecret) =>
        node switch
        {
            null => "nothing",
            ConfigMap => "a map",
            ConfigList => "a list",
            _ when isSecret => "a value that is not shown here",
            ConfigScalar { Written.Length: 0 } => "an empty text",
            ConfigScalar { Written: var text } => $"\"{ErrorText.Cut(text, MaxFoundChars)}\"",
            _ => "a value",
        };
}

/// <summary>A map of the configuration.</summary>
public sealed class ConfigSection(ConfigMap map, ConfigField field, List<ConfigError> errors)
{
    public ConfigField this[string name] =>
        new(map.Fields.GetValueOrDefault(name), field.Path(name), map.Origin, errors);
}
