namespace Tributary.Connectors.Configuration;

/// <summary>A value of the configuration and its origin.</summary>
/// <param name="Origin">A file and a line, an environment variable or an option.</param>
public abstract record ConfigNode(string Origin)
{
    /// <summary>
    /// True when the value or one below it contains a variable: its text may be a secret and is not shown.
    /// </summary>
    public abstract bool IsSubstituted { get; }
}

/// <param name="Text">The text with variables replaced.</param>
/// <param name="Written">The text as it stands in the file, safe to show.</param>
/// <param name="IsQuoted">True when the text is quoted: it stays a text even when it looks like a number.</param>
public sealed record ConfigScalar(string Origin, string Text, string Written, bool IsQuoted) : ConfigNode(Origin)
{
    public override bool IsSubstituted => Text != Written;
}

/// <param name="Keys">The origin of each key.</param>
public sealed record ConfigMap(
    string Origin, OrderedDictionary<string, ConfigNode> Fields, Dictionary<string, string> Keys) : ConfigNode(Origin)
{
    public ConfigMap(string origin)
        : this(origin, [], [])
    {
    }

    public override bool IsSubstituted => Fields.Values.Any(value => value.IsSubstituted);

    public void Set(string key, ConfigNode value)
    {
        Fields[key] = value;
        Keys[key] = value.Origin;
    }
}

public sealed record ConfigList(string Origin, IReadOnlyList<ConfigNode> Items) : ConfigNode(Origin)
{
    public override bool IsSubstituted => Items.Any(item => item.IsSubstituted);
}
