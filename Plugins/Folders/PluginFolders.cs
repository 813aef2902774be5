using System.Text.Json;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins.Exec;

namespace Tributary.Plugins.Folders;

/// <summary>The plugins and the faults found in plugin folders.</summary>
public sealed record FoundPlugins(IReadOnlyList<PluginSource> Sources, IReadOnlyList<PluginFault> Faults);

/// <summary>Loads plugins from folders: class libraries, and programs by their <c>exec</c> section.</summary>
public static class PluginFolders
{
    /// <summary>
    /// Loads from every folder below <paramref name="root"/>. A broken folder becomes a fault; the others still load.
    /// </summary>
    /// <param name="readConfiguration">
    /// Reads the folder's own configuration, in which paths start from the folder: an object with the topics of the
    /// configuration, or null when there is none. An exception fails this folder only.
    /// </param>
    /// <exception cref="TributaryException"><c>plugin_folder_missing</c>, <c>plugin_folders_too_many</c>.</exception>
    public static FoundPlugins Load(
        string root, Func<PluginFolder, JsonElement?> readConfiguration, ExecServices services)
    {
        var sources = new List<PluginSource>();
        var faults = new List<PluginFault>();
        foreach (var folder in PluginFolder.Find(root))
        {
            try
            {
                sources.AddRange(Load(folder, readConfiguration(folder), services));
            }
            catch (TributaryException error)
            {
                faults.Add(new PluginFault(folder.Name, folder.Path, $"{error.Code}: {error.Message}"));
            }
            catch (Exception error)
            {
                faults.Add(new PluginFault(folder.Name, folder.Path, $"plugin_unloadable: {ErrorText.LineOf(error)}"));
            }
        }

        return new FoundPlugins(sources, faults);
    }

    /// <summary>
    /// Reads a <c>plugin.json</c>; the caller needs a reader of its own for the other configuration files.
    /// </summary>
    public static JsonElement? ReadJson(PluginFolder folder)
    {
        if (folder.ConfigurationFile is not { } file)
            return null;
        if (Path.GetExtension(file) != ".json")
            throw new TributaryException("plugin_unloadable", $"{Path.GetFileName(file)} is not JSON.");
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException error)
        {
            throw new TributaryException(
                "configuration_invalid", $"{Path.GetFileName(file)}: {ErrorText.Line(error.Message)}", error);
        }
    }

    private static IReadOnlyList<PluginSource> Load(PluginFolder folder, JsonElement? json, ExecServices services)
    {
        var configuration = FolderConfiguration.Read(json, folder.Path);
        if (configuration.Exec is { } exec)
        {
            if (configuration.Library is not null)
                throw ConfigurationMap.Invalid("library", "a library beside exec", "one of them");
            var settings = ExecSettings.Read(exec, folder.Name);
            return
            [
                Source(new ExecPlugin(settings, services), folder, configuration) with
                {
                    MaxRunsCount = settings.WorkersCount,
                },
            ];
        }

        var library = PluginLibrary.Find(folder.Path, configuration.Library)
            ?? throw new TributaryException(
                "plugin_unloadable",
                "There is neither a class library in the folder nor a section exec in its configuration.");
        return [.. PluginLibrary.Load(library).Select(plugin => Source(plugin, folder, configuration))];
    }

    private static PluginSource Source(IPlugin plugin, PluginFolder folder, FolderConfiguration configuration) =>
        new(plugin, folder.Path, folder.Path)
        {
            Configuration = configuration.Plugin,
            InitScript = configuration.InitScript,
            TimeLimit = configuration.TimeLimit,
            MaxRunsCount = configuration.MaxRunsCount,
        };
}
