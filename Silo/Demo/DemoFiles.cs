using Tributary.Grains;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Demo;

/// <summary>The sample that the demonstration loads, beside the program.</summary>
internal static class DemoFiles
{
    public const string Source = "earthquakes";

    public static string Messages => Path.Combine(AppContext.BaseDirectory, "samples", "earthquakes.ndjson");

    private static string Configuration => Path.Combine(AppContext.BaseDirectory, "samples", "demo.yaml");

    /// <summary>What the demonstration counts.</summary>
    /// <exception cref="ConfigException">The file was changed and is not valid.</exception>
    public static IReadOnlyList<AggregateDefinition> Aggregates()
    {
        var errors = new List<ConfigError>();
        var root = new YamlFile(Configuration, _ => null, errors).Read();
        if (errors.Count > 0)
            throw new ConfigException(errors);
        return AggregateDefinition.ParseAll(ConfigJson.Of(root.Fields["aggregates"]));
    }
}
