using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Calls;

/// <summary>
/// The origins of calls: the sequence of the deferred call that began what led to a call, or 0 when the call's own
/// round began it. What a call leads to keeps its origin, so that a reader who waits for a position knows of all rows
/// that follow from it.
/// </summary>
internal static class Origins
{
    /// <summary>The origin that comes first; the round itself, which is not durable yet, comes last.</summary>
    public static long Older(long one, long other) =>
        one == 0 ? other : other == 0 ? one : Math.Min(one, other);

    /// <summary>The origin of what a call of this row leads to.</summary>
    /// <param name="stored">The call's own origin as it is stored.</param>
    public static long Of(long stored, DeferredCall row) => stored != 0 ? stored : row.Sequence;
}
