using System.Globalization;

namespace Tributary.Silo.Configuration;

/// <summary>Reads one mapping of the configuration; collects errors, so that all are named at once.</summary>
internal sealed class ConfigReader(ConfigNode? node, string key, string origin, List<ConfigError> errors)
{
    private const int MaxFoundChars = 80;

    private readonly ConfigMap? map = node as ConfigMap;

    public string Key => key;

    /// <summary>Says which keys there are; an unknown one is an error.</summary>
    public ConfigReader Knows(params string[] keys)
    {
        if (node is not null and not ConfigMap)
            errors.Add(new ConfigError(node.Origin, key, Show(node), "a mapping with " + string.Join(", ", keys)));
        foreach (var (name, value) in map?.Fields ?? [])
        {
            if (!keys.Contains(name))
                errors.Add(new ConfigError(value.Origin, At(name), "an unknown key", string.Join(", ", keys)));
        }

        return this;
    }

    public ConfigReader Section(string name) => new(Find(name), At(name), OriginOf(name), errors);

    /// <summary>The elements of a list of mappings.</summary>
    public IEnumerable<ConfigReader> Sections(string name)
    {
        switch (Find(name))
        {
            case null:
                return [];
            case ConfigList list:
                return list.Items.Select((item, index) => new ConfigReader(item, $"{At(name)}[{index}]", item.Origin, errors));
            case var other:
                errors.Add(new ConfigError(other.Origin, At(name), Show(other), "a list"));
                return [];
        }
    }

    public ConfigNode? Find(string name) => map?.Fields.GetValueOrDefault(name) is { } found and not ConfigText { Text: "", IsPlain: true } ? found : null;

    public IEnumerable<(string Name, ConfigNode Value)> Fields() => (map?.Fields ?? []).Select(field => (field.Key, field.Value));

    public string? Text(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case ConfigText text:
                return text.Text;
            case var other:
                Fail(name, Show(other), "text");
                return null;
        }
    }

    public string? Required(string name, string allowed)
    {
        if (Find(name) is null)
            Fail(name, "nothing", allowed);
        return Text(name);
    }

    public string Choice(string name, string fallback, params string[] allowed)
    {
        var text = Text(name);
        if (text is null || allowed.Contains(text))
            return text ?? fallback;

        Fail(name, $"\"{text}\"", string.Join(", ", allowed));
        return fallback;
    }

    public long Number(string name, long fallback, long min, long max)
    {
        var text = Text(name);
        if (text is null)
            return fallback;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;

        Fail(name, $"\"{text}\"", $"a whole number from {min} to {max}");
        return fallback;
    }

    public bool Flag(string name) => Choice(name, "false", "true", "false") == "true";

    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        var text = Text(name);
        if (text is null)
            return fallback;
        if (Durations.TryParse(text, out var duration) && duration >= min && duration <= max)
            return duration;

        Fail(name, $"\"{text}\"", $"a whole number with ms, s, m, h or d, from {Durations.Show(min)} to {Durations.Show(max)}");
        return fallback;
    }

    /// <summary>A list of texts; a single text counts as its elements, separated by commas.</summary>
    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> fallback)
    {
        switch (Find(name))
        {
            case null:
                return fallback;
            case ConfigText text:
                return text.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            case ConfigList list when list.Items.All(item => item is ConfigText):
                return [.. list.Items.Cast<ConfigText>().Select(item => item.Text)];
            case var other:
                Fail(name, Show(other), "a list of texts");
                return fallback;
        }
    }

    public void Fail(string name, string found, string allowed) => errors.Add(new ConfigError(OriginOf(name), At(name), found, allowed));

    private string At(string name) => key.Length == 0 ? name : $"{key}.{name}";

    private string OriginOf(string name) => Find(name)?.Origin ?? node?.Origin ?? origin;

    private static string Show(ConfigNode node) => node switch
    {
        ConfigText text => $"\"{(text.Text.Length <= MaxFoundChars ? text.Text : text.Text[..MaxFoundChars] + "…")}\"",
        ConfigList list => $"a list of {list.Items.Count}",
        _ => "a mapping",
    };
}
