using Tributary.Storage.Generations;

namespace Tributary.Storage.Rows;

/// <summary>The checks of all stores before a generation is switched to or dropped.</summary>
internal static class GenerationRules
{
    /// <summary>The rows of these ids, which may become live.</summary>
    public static IReadOnlyList<DefinitionRow> Switchable(IReadOnlyList<DefinitionRow> all, IReadOnlyList<int> ids)
    {
        var rows = Find(all, ids);
        return rows.FirstOrDefault(static row => row.DroppedAt is not null) is { } dropped
            ? throw new TributaryException(
                "generation_dropped",
                $"Generation {dropped.Generation} of '{dropped.Name}' was given up; allowed: one that was not.")
            : rows;
    }

    /// <summary>The rows of these ids, which may be dropped.</summary>
    public static IReadOnlyList<DefinitionRow> Droppable(IReadOnlyList<DefinitionRow> all, IReadOnlyList<int> ids)
    {
        var rows = Find(all, ids);
        return rows.FirstOrDefault(static row => row.IsLive) is { } live
            ? throw new TributaryException(
                "generation_live",
                $"Generation {live.Generation} of '{live.Name}' is what readers see; allowed: one that is not. Switch "
                + "to another one first.")
            : rows;
    }

    private static List<DefinitionRow> Find(IReadOnlyList<DefinitionRow> all, IReadOnlyList<int> ids) =>
        [
            .. ids.Select(id =>
                all.FirstOrDefault(row => row.Id == id)
                ?? throw new TributaryException(
                    "generation_not_found",
                    $"There is no generation with the id {id}; allowed: the id of one that was registered.")),
        ];
}
