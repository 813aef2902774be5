namespace Tributary.Silo.Configuration;

/// <summary>A piece of the configuration that knows where it was written.</summary>
/// <param name="Origin">A file and line, an environment variable or an option.</param>
internal abstract record ConfigNode(string Origin);

/// <param name="IsPlain">True when the text stands for what it looks like: null, true, a number; false when it was quoted.</param>
internal sealed record ConfigText(string Text, bool IsPlain, string Origin) : ConfigNode(Origin);

internal sealed record ConfigList(List<ConfigNode> Items, string Origin) : ConfigNode(Origin);

internal sealed record ConfigMap(OrderedDictionary<string, ConfigNode> Fields, string Origin) : ConfigNode(Origin)
{
    public ConfigMap(string origin) : this([], origin)
    {
    }

    /// <summary>Puts a value at a path, over what is there. A step that is a number means an element of a list.</summary>
    /// <returns>False when the path does not lead anywhere: an index beyond the end of its list.</returns>
    public bool TrySet(ReadOnlySpan<string> path, ConfigText value)
    {
        var step = path[0];
        if (path.Length == 1)
        {
            Fields[step] = value;
            return true;
        }

        if (Fields.GetValueOrDefault(step) is ConfigList list && int.TryParse(path[1], out var index))
            return TrySet(list, index, path[2..], value);
        if (Fields.GetValueOrDefault(step) is not ConfigMap map)
            Fields[step] = map = new ConfigMap(value.Origin);
        return map.TrySet(path[1..], value);
    }

    private static bool TrySet(ConfigList list, int index, ReadOnlySpan<string> rest, ConfigText value)
    {
        if (index < 0 || index > list.Items.Count)
            return false;
        if (index == list.Items.Count)
            list.Items.Add(rest.IsEmpty ? value : new ConfigMap(value.Origin));
        if (rest.IsEmpty)
        {
            list.Items[index] = value;
            return true;
        }

        return list.Items[index] is ConfigMap map && map.TrySet(rest, value);
    }
}
