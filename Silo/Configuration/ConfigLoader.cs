using System.Collections;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>Combines the layers: the file, then environment variables, then options.</summary>
internal static class ConfigLoader
{
    /// <summary>Names the file when no option does.</summary>
    public const string FileVariable = "CFG_FILE";

    /// <summary>Names the plugins that run, with commas between; stronger than <c>active_plugins</c>.</summary>
    public const string PluginVariable = "PLUGIN";

    /// <param name="options">Keys such as <c>api.urls</c>, each with the option that set it and its texts.</param>
    /// <exception cref="ConfigException">Something is wrong; names every error.</exception>
    public static SiloConfig Load(string? file, IDictionary environment, IReadOnlyList<OptionValue> options)
    {
        if (file is null && environment[FileVariable] is string { Length: > 0 } named)
            file = named;
        var errors = new List<ConfigError>();
        var root = new ConfigMap("the configuration");
        if (file is not null)
        {
            switch (YamlReader.ReadFile(file, name => environment[name] as string, errors))
            {
                case ConfigMap map:
                    root = map;
                    break;
                case ConfigScalar { Text: "" }:
                    break;
                case { } other:
                    errors.Add(new ConfigError(other.Origin, "the file", "a list or a text", "a map"));
                    break;
            }
        }

        var layers = new ConfigLayers(root, errors);
        layers.AddEnvironment(environment);
        foreach (var (option, key, texts, isList) in options)
        {
            if (isList)
                layers.AddOption(option, key, texts);
            else
                layers.AddOption(option, key, texts[0]);
        }

        var folder = file is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(file))!;
        return SiloConfigReader.Read(root, folder, environment[PluginVariable] as string, errors);
    }
}

/// <summary>The value that an option sets.</summary>
internal sealed record OptionValue(string Option, string Key, IReadOnlyList<string> Texts, bool IsList = false);
