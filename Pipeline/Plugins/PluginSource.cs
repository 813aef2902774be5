using System.Text.Json;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>A plugin that was found, with its configuration.</summary>
/// <param name="Plugin">Not started yet.</param>
/// <param name="Origin">For people: where the plugin comes from: <c>built in</c>, or a folder.</param>
/// <param name="Folder">The folder from which the plugin was loaded; the program's own for built-in ones.</param>
public sealed record PluginSource(IPlugin Plugin, string Origin, string Folder)
{
    /// <summary>The plugin's own section: an object.</summary>
    public JsonElement Configuration { get; init; } = JsonElement.Parse("{}"u8);

    /// <summary>SQL that makes the plugin's tables, run once per text; null without tables.</summary>
    public string? InitScript { get; init; }

    /// <summary>The time limit of a run; null for <see cref="PluginHostOptions.TimeLimit"/>.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>
    /// Runs at once; further ones wait, and waiting is no part of the time limit. Null without a limit.
    /// </summary>
    public int? MaxRunsCount { get; init; }
}

/// <summary>A folder in which no plugin was found.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Origin">The folder.</param>
/// <param name="Reason">A code, a colon and a sentence.</param>
public sealed record PluginFault(string Name, string Origin, string Reason);

/// <summary>The plugins of a host, and its choice among them.</summary>
public sealed record PluginHostSetup
{
    public required IReadOnlyList<PluginSource> Found { get; init; }

    public IReadOnlyList<PluginFault> Faults { get; init; } = [];

    /// <summary>The names of the plugins that run; null for all.</summary>
    public IReadOnlyList<string>? Active { get; init; }

    /// <summary>The names of the plugins that do not run; stronger than <see cref="Active"/>.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>Names of aggregates that the configuration declares: no plugin may have one of these.</summary>
    public IReadOnlyCollection<string> TakenAggregates { get; init; } = [];

    public PluginHostOptions Options { get; init; } = new();
}
