namespace Tributary.Silo.Configuration;

/// <summary>The sources of the configuration, one over the other: file, environment variables, options.</summary>
internal static class ConfigLayers
{
    private const string Prefix = "TRIBUTARY__";

    // Environment variables are written in capitals; this is how the keys are written.
    private static readonly Dictionary<string, string> Spellings = SiloConfigReader.AllKeys.ToDictionary(key => key, key => key, StringComparer.OrdinalIgnoreCase);

    /// <param name="options">Keys such as <c>database.type</c> with the option that set each.</param>
    public static ConfigMap Read(
        string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyList<(string Key, string Option, string Value)> options, List<ConfigError> errors)
    {
        var root = file is null ? new ConfigMap("defaults") : new YamlFile(file, environment.GetValueOrDefault, errors).Read();
        foreach (var (name, value) in environment.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;

            var path = name[Prefix.Length..].Split("__").Select(step => Spellings.GetValueOrDefault(step, step.ToLowerInvariant())).ToArray();
            var origin = $"environment variable {name}";
            if (!root.TrySet(path, new ConfigText(value, true, origin)))
                errors.Add(new ConfigError(origin, string.Join('.', path), "an element that is not there", "an index of the list, or the next one"));
        }

        foreach (var (key, option, value) in options)
            root.TrySet(key.Split('.'), new ConfigText(value, true, $"option {option}"));
        return root;
    }
}
