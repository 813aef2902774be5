using System.Collections;
using Tributary.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>Puts the layers together: the file, then environment variables, then options.</summary>
internal static class ConfigLoader
{
    /// <param name="options">Keys such as <c>api.urls</c>, each with the option that set it and its texts.</param>
    /// <exception cref="ConfigException">Something is wrong; names every error.</exception>
    public static SiloConfig Load(string? file, IDictionary environment, IReadOnlyList<OptionValue> options)
    {
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

        return SiloConfigReader.Read(root, errors);
    }
}

/// <summary>What an option sets.</summary>
internal sealed record OptionValue(string Option, string Key, IReadOnlyList<string> Texts, bool IsList = false);
