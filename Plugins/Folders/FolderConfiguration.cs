using System.Text.Json;

namespace Tributary.Plugins.Folders;

/// <summary>
/// The topics of a folder's configuration that concern loading its plugin: <c>plugin</c> (the plugin's own
/// section), <c>exec</c>, <c>library</c>, <c>time_limit_seconds</c>, <c>max_runs</c> and <c>database.init</c>.
/// Other code reads the other topics.
/// </summary>
internal sealed record FolderConfiguration
{
    public const int MaxScriptBytes = 1 << 20;

    public JsonElement Plugin { get; private init; } = JsonElement.Parse("{}"u8);

    public JsonElement? Exec { get; private init; }

    /// <summary>A file name.</summary>
    public string? Library { get; private init; }

    public TimeSpan? TimeLimit { get; private init; }

    public int? MaxRunsCount { get; private init; }

    /// <summary>The text of the SQL script.</summary>
    public string? InitScript { get; private init; }

    /// <param name="json">An object, or null.</param>
    /// <param name="folder">The folder from which relative paths start.</param>
    /// <exception cref="TributaryException">
    /// <c>configuration_invalid</c>: names the key, the value found and the values allowed.
    /// </exception>
    public static FolderConfiguration Read(JsonElement? json, string folder)
    {
        if (json is not { ValueKind: not JsonValueKind.Undefined and not JsonValueKind.Null } root)
            return new FolderConfiguration();

        var map = new ConfigurationMap(root, "");
        return new FolderConfiguration
        {
            Plugin = map.Map("plugin")?.Json ?? JsonElement.Parse("{}"u8),
            Exec = map.Map("exec")?.Json,
            Library = map.Text("library"),
            TimeLimit = map.Number("time_limit_seconds", 0.001, 86_400) is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : null,
            MaxRunsCount = (int?)map.Whole("max_runs", 1, 1_024),
            InitScript = map.Map("database")?.Text("init") is { } path ? ScriptAt(folder, path) : null,
        };
    }

    private static string ScriptAt(string folder, string path)
    {
        var full = Path.GetFullPath(Path.Combine(folder, path));
        var file = new FileInfo(full);
        if (!file.Exists || file.Length > MaxScriptBytes)
            throw ConfigurationMap.Invalid(
                "database.init",
                $"\"{path}\"{(file.Exists ? $" of {file.Length} bytes" : ", which is not there")}",
                $"the path of an SQL script of at most {MaxScriptBytes} bytes, from the plugin's folder");
        return File.ReadAllText(full);
    }
}
