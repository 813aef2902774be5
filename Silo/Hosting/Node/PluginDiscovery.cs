using System.Text.Json;
using System.Text.Json.Nodes;
using Tributary.Connectors.Configuration;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Plugins.BuiltIn;
using Tributary.Plugins.Exec;
using Tributary.Plugins.Folders;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Generations;

namespace Tributary.Silo.Hosting.Node;

/// <summary>Finds the plugins that the configuration names, and the configuration of each.</summary>
internal static class PluginDiscovery
{
    public static PluginHostSetup Find(
        PluginsConfig config, IReadOnlyList<AggregateDefinition> aggregates, ExecServices services)
    {
        var builtIn = BuiltInPlugins
            .All()
            .Select(plugin => new PluginSource(plugin, BuiltInPlugins.Origin, AppContext.BaseDirectory)
            {
                Configuration = config.ByPlugin.GetValueOrDefault(plugin.Name, JsonElement.Parse("{}"u8)),
            });
        var folders = config.Folder is { } root
            ? PluginFolders.Load(root, folder => ConfigurationOf(folder, config), services)
            : new FoundPlugins([], []);
        return new PluginHostSetup
        {
            Found = [.. builtIn, .. folders.Sources],
            Faults = folders.Faults,
            Active = config.Active,
            Disabled = config.Disabled,
            TakenAggregates = [.. aggregates.Select(aggregate => aggregate.Name)],
            Options = new PluginHostOptions { TimeLimit = config.TimeLimit },
        };
    }

    /// <summary>
    /// The topics of the main configuration for the plugin of this folder, overlaid by the folder's own configuration,
    /// key by key.
    /// </summary>
    private static JsonElement? ConfigurationOf(PluginFolder folder, PluginsConfig config)
    {
        var main = new JsonObject { ["custom"] = ObjectOf(config.Custom) };
        if (config.ByPlugin.TryGetValue(folder.Name, out var own))
            main["plugin"] = ObjectOf(own);
        if (ReadFile(folder) is { } file)
            Overlay(main, ObjectOf(file));

        // A plugin gets its own section, and in it the values for all plugins.
        var section = (main["plugin"]?.DeepClone() as JsonObject) ?? [];
        if (main["custom"] is JsonObject { Count: > 0 } custom)
            section["custom"] ??= custom.DeepClone();
        main["plugin"] = section;
        return JsonSerializer.SerializeToElement(main);
    }

    private static JsonElement? ReadFile(PluginFolder folder)
    {
        if (folder.ConfigurationFile is not { } file)
            return null;
        if (Path.GetExtension(file) == ".json")
            return PluginFolders.ReadJson(folder);

        var errors = new List<ConfigError>();
        var node = YamlReader.ReadFile(file, Environment.GetEnvironmentVariable, errors);
        if (node is ConfigScalar { Text: "" })
            return null;
        if (node is not ConfigMap)
            errors.Add(new ConfigError(file, "the file", "a list or a text", "a map"));
        return errors.Count == 0 ? ConfigJson.Of(node!) : throw new ConfigException(errors);
    }

    private static void Overlay(JsonObject under, JsonObject over)
    {
        foreach (var (key, value) in over.ToList())
        {
            if (under[key] is JsonObject inner && value is JsonObject map)
                Overlay(inner, map);
            else
                under[key] = value?.DeepClone();
        }
    }

    private static JsonObject ObjectOf(JsonElement json) => JsonNode.Parse(json.GetRawText()) as JsonObject ?? [];
}
