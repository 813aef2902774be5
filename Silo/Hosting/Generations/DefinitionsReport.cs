using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Storage.Generations;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>
/// Logs at the start how stored and configured generations differ: which live ones are not fed any more, and which
/// configured ones are new and empty.
/// </summary>
internal static partial class DefinitionsReport
{
    /// <summary>Lines of one kind; further names are only counted.</summary>
    private const int MaxLinesCount = 20;

    /// <param name="before">The generations that were registered before this start.</param>
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

        // An aggregate of a plugin is filled together with its plugin.
        var known = before.Select(static row => row.Name).ToHashSet();
        List<DefinitionRow> empty = storedCount == 0 ? [] :
        [
            .. book.Configured.Where(row =>
                !known.Contains(row.Name) && (PluginHost.IsPlugin(row) || GenerationBook.IsDeclared(row))),
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
}
