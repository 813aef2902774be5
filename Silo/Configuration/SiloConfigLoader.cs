using Tributary.Grains;

namespace Tributary.Silo.Configuration;

/// <summary>From sources to a checked configuration.</summary>
internal static class SiloConfigLoader
{
    /// <param name="additional">Definitions that are counted besides those of the configuration, unless it has their names.</param>
    /// <exception cref="ConfigException">Names every error.</exception>
    public static async Task<SiloConfig> LoadAsync(
        string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyList<(string Key, string Option, string Value)> options,
        IReadOnlyList<AggregateDefinition> additional)
    {
        var errors = new List<ConfigError>();
        var root = ConfigLayers.Read(file, environment, options, errors);
        var config = await new SiloConfigReader(root, errors).ReadAsync();
        if (errors.Count > 0)
            throw new ConfigException(errors);

        var names = config.Aggregates.Select(definition => definition.Name).ToHashSet();
        return config with { Aggregates = [.. config.Aggregates, .. additional.Where(definition => !names.Contains(definition.Name))] };
    }
}
