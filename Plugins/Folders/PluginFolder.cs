namespace Tributary.Plugins.Folders;

/// <summary>One folder below the folder of plugins.</summary>
/// <param name="Name">The last part of the path.</param>
/// <param name="Path">Absolute.</param>
/// <param name="ConfigurationFile">Absolute; null when there is none.</param>
public sealed record PluginFolder(string Name, string Path, string? ConfigurationFile)
{
    /// <summary>Most folders below one root; more stop the start.</summary>
    public const int MaxFoldersCount = 256;

    /// <summary>The names of a folder's configuration file; the first that exists counts.</summary>
    public static IReadOnlyList<string> ConfigurationFiles { get; } =
    ["config.yml", "config.yaml", "plugin.yml", "plugin.yaml", "plugin.json"];

    /// <summary>The folders below <paramref name="root"/> in the order of their names, without hidden ones.</summary>
    /// <exception cref="TributaryException">
    /// <c>plugin_folder_missing</c>: there is no such folder; <c>plugin_folders_too_many</c>.
    /// </exception>
    public static IReadOnlyList<PluginFolder> Find(string root)
    {
        var full = System.IO.Path.GetFullPath(root);
        if (!Directory.Exists(full))
            throw new TributaryException("plugin_folder_missing", $"There is no folder \"{full}\".");

        var folders = Directory
            .EnumerateDirectories(full)
            .Where(static path => !System.IO.Path.GetFileName(path).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .Take(MaxFoldersCount + 1)
            .ToList();
        return folders.Count <= MaxFoldersCount
            ? [.. folders.Select(Of)]
            : throw new TributaryException(
                "plugin_folders_too_many", $"\"{full}\" has more than {MaxFoldersCount} folders.");
    }

    private static PluginFolder Of(string path) =>
        new(
            System.IO.Path.GetFileName(path),
            path,
            ConfigurationFiles.Select(name => System.IO.Path.Combine(path, name)).FirstOrDefault(File.Exists));
}
