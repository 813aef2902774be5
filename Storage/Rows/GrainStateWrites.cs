using Tributary.Storage.GrainStates;

namespace Tributary.Storage.Rows;

/// <summary>What all stores do with the writes of one transaction.</summary>
internal static class GrainStateWrites
{
    /// <summary>The writes in the order of their keys.</summary>
    /// <exception cref="ArgumentException">Two of them have one key.</exception>
    public static List<GrainStateWrite> Sort(IReadOnlyList<GrainStateWrite> writes)
    {
        var sorted = new List<GrainStateWrite>(writes);
        sorted.Sort(static (a, b) => Compare(a.Key, b.Key));
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key)
            {
                throw new ArgumentException(
                    $"Found two writes of {sorted[i].Key}; allowed: at most one of a key.", nameof(writes));
            }
        }

        return sorted;
    }

    private static int Compare(GrainStateKey a, GrainStateKey b) =>
        string.CompareOrdinal(a.Grain, b.Grain) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name);

    /// <param name="matched">The keys whose expected versions were stored.</param>
    /// <param name="stored">The stored versions of the others.</param>
    /// <param name="isRepeat">See <see cref="IGrainStates.WriteAsync"/>.</param>
    public static IReadOnlyList<GrainStateOutcome> Outcomes(
        IReadOnlyList<GrainStateWrite> writes, HashSet<GrainStateKey> matched, Dictionary<GrainStateKey, Guid> stored,
        bool isRepeat)
    {
        var outcomes = new GrainStateOutcome[writes.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var write = writes[i];
            outcomes[i] = matched.Contains(write.Key)
                ? GrainStateOutcome.OfMatched(write)
                : GrainStateOutcome.OfUnmatched(
                    write, stored.TryGetValue(write.Key, out var version) ? version : null, isRepeat);
        }

        return outcomes;
    }
}
