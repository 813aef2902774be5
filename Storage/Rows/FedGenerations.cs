using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>
/// Which generations are fed, by the definitions that the living silos have. The same in every store and for every
/// silo.
/// </summary>
internal static class FedGenerations
{
    /// <summary>
    /// The newest generations of one name that are fed, besides the live and the declared ones; older ones stand still.
    /// </summary>
    public const int MaxCount = 4;

    /// <summary>The changes that are due, by id: true for a generation that is fed from now on.</summary>
    /// <param name="declared">The ids that each living silo declared; a silo that has not declared yet is missing.
    /// </param>
    public static Dictionary<int, bool> Changes(
        IReadOnlyList<DefinitionRow> all, IReadOnlyDictionary<SiloId, HashSet<int>> declared)
    {
        // While no silo has declared, nothing is fed and nothing is missed: the next silo finds all as it was.
        if (declared.Count == 0)
            return [];
        var fed = Of(all, declared);
        return all.Where(row => row.IsFed != fed.Contains(row.Id))
            .ToDictionary(static row => row.Id, static row => !row.IsFed);
    }

    private static HashSet<int> Of(
        IReadOnlyList<DefinitionRow> all, IReadOnlyDictionary<SiloId, HashSet<int>> declared)
    {
        var byAny = declared.Values.SelectMany(static ids => ids).ToHashSet();
        var names = all.Where(row => byAny.Contains(row.Id)).Select(static row => row.Name).ToHashSet();
        return
        [
            .. names.SelectMany(name => Kept([.. all.Where(row => row.Name == name)], byAny))
                .Where(row => !row.NeedsCode || HaveCode(row, all, declared.Values))
                .Select(static row => row.Id),
        ];
    }

    // Definitions with equal hashes count the same: of these the newest is fed.
    private static IEnumerable<DefinitionRow> Kept(IReadOnlyList<DefinitionRow> ofName, HashSet<int> declared)
    {
        var kept = ofName.Where(static row => row.DroppedAt is null)
            .GroupBy(static row => row.Hash)
            .Select(static same => same.MaxBy(static row => row.Generation)!)
            .OrderByDescending(static row => row.Generation)
            .ToList();
        return
        [
            .. kept.Where((row, index) => index < MaxCount || row.IsLive || declared.Contains(row.Id)),
            .. ofName.Where(row => row.IsLive && !kept.Contains(row)),
        ];
    }

    // Code adds to the generations of its own version and to former ones. So a version that not all silos have yet
    // waits for the last of them.
    private static bool HaveCode(
        DefinitionRow row, IReadOnlyList<DefinitionRow> all, IEnumerable<HashSet<int>> declared)
    {
        var newest = declared
            .Select(ids => all.Where(other => other.Name == row.Name && ids.Contains(other.Id))
                .Select(static other => other.Generation).DefaultIfEmpty(0).Max())
            .ToList();
        var isDeclared = declared.Any(ids => ids.Contains(row.Id));
        return newest.TrueForAll(generation => generation >= (isDeclared ? row.Generation : 1));
    }
}
