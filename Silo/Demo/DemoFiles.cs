using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Demo;

/// <summary>The demo's files, which lie beside the program.</summary>
internal static class DemoFiles
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>One event per line.</summary>
    public static string Events => Path.Combine(Folder, "earthquakes.ndjson");

    private static string Definitions => Path.Combine(Folder, "demo.yaml");

    /// <summary>The configuration with the demo's aggregates added.</summary>
    /// <exception cref="ConfigException">
    /// A configured aggregate has the name of one of the demo's aggregates and another definition.
    /// </exception>
    public static SiloConfig AddDefinitions(SiloConfig config)
    {
        var errors = new List<ConfigError>();
        var demo = YamlReader.ReadFile(Definitions, static _ => null, errors) is ConfigMap root
            ? AggregatesReader.Read(
                new ConfigField(root.Fields["aggregates"], "aggregates", root.Origin, errors), errors)
            : [];
        var added = demo.Where(one => config.Aggregates.All(configured => configured.Hash != one.Hash)).ToList();
        foreach (
            var taken in added.IntersectBy(config.Aggregates.Select(configured => configured.Name), one => one.Name))
            errors.Add(
                new ConfigError(
                    "the configuration", "aggregates", $"another aggregate named \"{taken.Name}\"",
                    "another name: with --demo this one is the demo's"));
        return errors.Count == 0
            ? config with
            {
                Aggregates = [.. config.Aggregates, .. added],
            }
            : throw new ConfigException(errors);
    }
}
