using System.Text.Json;
using Tributary.Plugins.Folders;

namespace Tributary.Plugins.Exec;

/// <param name="Time">The clock, also for delays.</param>
/// <param name="TempFolder">Where content is put that is only in memory; made when it is not there.</param>
/// <param name="Reserve">
/// Asked for room for so many bytes there, which are given back when the result is disposed of; throws
/// <see cref="Connectors.ConnectorException"/> when there is none. Null: room is not bounded.
/// </param>
public sealed record ExecServices(TimeProvider Time, string TempFolder, Func<long, IDisposable>? Reserve = null)
{
    /// <summary>In front of what a program says in several lines that belong together: a trace of a fault.</summary>
    public const string TracePrefix = "trace: ";
}

/// <summary>The section <c>exec</c> of a folder's configuration.</summary>
internal sealed record ExecSettings
{
    public const int MaxWorkersCount = 64;
    public const int MaxArgumentsCount = 256;
    public const int DefaultMaxLineBytes = 8 << 20;

    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>A program on the PATH, or a path from the plugin's folder when it has a slash.</summary>
    public required string Command { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> MediaTypes { get; init; }

    public JsonElement? Aggregates { get; init; }

    public int WorkersCount { get; init; } = 1;

    /// <summary>A program that answers with a longer line is killed, and the message fails.</summary>
    public int MaxLineBytes { get; init; } = DefaultMaxLineBytes;

    /// <summary>Variables beside the few that every program gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <param name="folder">The plugin's name when the section has none.</param>
    /// <exception cref="TributaryException"><c>configuration_invalid</c>.</exception>
    public static ExecSettings Read(JsonElement json, string folder)
    {
        var map = new ConfigurationMap(json, "exec");
        map.AllowOnly(
            "name", "version", "command", "arguments", "media_types", "aggregates", "workers", "max_line_bytes",
            "environment");
        var mediaTypes = map.Texts("media_types", Pipeline.Plugins.MediaTypePatterns.MaxPatternsCount);
        return new ExecSettings
        {
            Name = map.Text("name") ?? folder,
            Version = map.Text("version")
                ?? throw map.Missing("version", "a text that changes when the same input may give another result"),
            Command = map.Text("command")
                ?? throw map.Missing("command", "a program on the PATH, or a path from the plugin's folder"),
            Arguments = map.Texts("arguments", MaxArgumentsCount),
            MediaTypes =
                mediaTypes.Count > 0
                    ? mediaTypes
                    : throw map.Missing("media_types", Pipeline.Plugins.MediaTypePatterns.Allowed),
            Aggregates = map.Field("aggregates"),
            WorkersCount = (int)(map.Whole("workers", 1, MaxWorkersCount) ?? 1),
            MaxLineBytes = (int)(map.Whole("max_line_bytes", 1 << 10, 64 << 20) ?? DefaultMaxLineBytes),
            Environment = EnvironmentOf(map.Map("environment")),
        };
    }

    private static Dictionary<string, string> EnvironmentOf(ConfigurationMap? map) => map is null
        ? []
        : map.Json.EnumerateObject().ToDictionary(
            static field => field.Name,
            static field => field.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? throw ConfigurationMap.Invalid("exec.environment." + field.Name, field.Value, "a text")
                : field.Value.ToString());
}
