using Microsoft.Extensions.Logging;
using Tributary.Messages;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Storage;

namespace Tributary.Silo.Hosting;

/// <summary>
/// Says at the start where what is stored and what is configured differ: what is not counted any more, and what is
/// new and empty.
/// </summary>
internal static partial class StoredDefinitions
{
    /// <summary>Lines of one kind; further names are counted.</summary>
    private const int MaxLinesCount = 20;

    /// <param name="before">What was registered before this start.</param>
    /// <param name="storedCount">How many messages were stored before this start.</param>
    public static void Report(
        ILogger logger, GenerationBook book, IReadOnlyList<DefinitionRow> before, long storedCount)
    {
        var unfed = book.Unfed;
        foreach (var row in unfed.Take(MaxLinesCount))
        {
            if (PluginHost.IsPlugin(row))
                LogUnfedPlugin(logger, PluginHost.PluginOf(row));
            else
                LogUnfedAggregate(logger, row.Name);
        }

        if (unfed.Count > MaxLinesCount)
            LogMore(logger, unfed.Count - MaxLinesCount, "are stored and not counted");

        // An aggregate of a plugin is filled with its plugin.
        var known = before.Select(static row => row.Name).ToHashSet();
        List<DefinitionRow> empty = storedCount == 0 ? [] :
        [
            .. book.Current.Where(row =>
                !known.Contains(row.Name) && (PluginHost.IsPlugin(row) || book.IsDeclared(row))),
        ];
        foreach (var row in empty.Take(MaxLinesCount))
        {
            if (PluginHost.IsPlugin(row))
                LogEmptyPlugin(logger, PluginHost.PluginOf(row), storedCount);
            else
                LogEmptyAggregate(logger, row.Name, storedCount);
        }

        if (empty.Count > MaxLinesCount)
            LogMore(logger, empty.Count - MaxLinesCount, "are new and start empty");
    }

    [LoggerMessage(EventId = 4061, Level = LogLevel.Warning, Message =
        "Aggregate {Name} is stored and not counted: the configuration does not have it. Its rows stay "
        + "as they are and can be read; configured again, it is counted on, and reprocessing {Name} fills "
        + "the gap.")]
    private static partial void LogUnfedAggregate(ILogger logger, string name);

    [LoggerMessage(EventId = 4062, Level = LogLevel.Warning, Message =
        "Plugin {Name} does not run: the configuration does not have it. What it made is stored and "
        + "stays as it is; active again, it takes new messages, and reprocessing it fills the gap.")]
    private static partial void LogUnfedPlugin(ILogger logger, string name);

    [LoggerMessage(EventId = 4063, Level = LogLevel.Warning, Message =
        "Aggregate {Name} is new and starts empty: the {Count} messages stored before are not counted "
        + "in it. To count them: POST /api/v1/reprocess?aggregate={Name}, or the mutation reprocess.")]
    private static partial void LogEmptyAggregate(ILogger logger, string name, long count);

    [LoggerMessage(EventId = 4064, Level = LogLevel.Warning, Message =
        "Plugin {Name} is new and has not seen the {Count} messages stored before. To run them through "
        + "it: POST /api/v1/reprocess?plugin={Name}, or the mutation reprocess.")]
    private static partial void LogEmptyPlugin(ILogger logger, string name, long count);

    [LoggerMessage(
        EventId = 4065, Level = LogLevel.Warning, Message = "{Count} more {What}: GET /api/v1/generations lists them.")]
    private static partial void LogMore(ILogger logger, int count, string what);
}
