using System.Text.Json;
using Tributary.Plugins.Folders;

namespace Tributary.Plugins.Exec;

/// <param name="Time">The clock, also for delays.</param>
/// <param name="TempFolder">The folder for content that is in memory only; created when missing.</param>
/// <param name="Reserve">
/// Reserves room for a number of bytes in the folder; disposal of the result gives the room back. Throws
/// <see cref="Connectors.ConnectorException"/> when there is no room. Null: room is not bounded.
/// </param>
public sealed record ExecServices(TimeProvider Time, string TempFolder, Func<long, IDisposable>? Reserve = null)
{
    /// <summary>The prefix of an error entry with several lines, such as the trace of a fault.</summary>
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

    /// <summary>A program on the PATH, or, with a slash, a path that starts from the plugin's folder.</summary>
    public required string Command { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> MediaTypes { get; init; }

    public JsonElement? Aggregates { get; init; }

    public int WorkersCount { get; init; } = 1;

    /// <summary>The longest line; a program that answers with a longer one is killed, and the message fails.</summary>
    public int MaxLineBytes { get; init; } = DefaultMaxLineBytes;

    /// <summary>Environment variables in addition to the few that every program gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <param name="folder">The name of the plugin when the section has no name.</param>
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
