namespace Tributary.Plugins;

/// <summary>The result of a plugin for one message.</summary>
public sealed record PluginResult
{
    public static PluginResult Empty { get; } = new();

    /// <summary>At most <see cref="MaxRecordsCount"/>.</summary>
    public IReadOnlyList<PluginRecord> Records { get; init; } = [];

    /// <summary>At most <see cref="MaxContributionsCount"/>.</summary>
    public IReadOnlyList<PluginContribution> Contributions { get; init; } = [];

    /// <summary>
    /// Statements on tables that the plugin owns. They run in order in one transaction beside the round, which counts
    /// once per (message, plugin, generation).
    /// </summary>
    public IReadOnlyList<PluginCommand> Commands { get; init; } = [];

    public const int MaxRecordsCount = 1_000;
    public const int MaxContributionsCount = 1_000;
    public const int MaxCommandsCount = 1_000;

    /// <summary>All records of one message together, in bytes.</summary>
    public const int MaxRecordBytes = 4 << 20;
}

/// <summary>Adds one document to one aggregate, which reads group and measures from it as from a message.</summary>
/// <param name="Aggregate">The name of one of the plugin's <see cref="IPlugin.Aggregates"/>.</param>
/// <param name="Json">One JSON object in UTF-8.</param>
public sealed record PluginContribution(string Aggregate, ReadOnlyMemory<byte> Json);

/// <param name="Sql">One statement; parameters are written <c>$1</c>, <c>$2</c> and so on.</param>
/// <param name="Parameters">
/// Null, <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or bytes.
/// </param>
public sealed record PluginCommand(string Sql, IReadOnlyList<object?> Parameters);
