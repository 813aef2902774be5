using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>The handling of held work that all stores share.</summary>
internal static class HeldRows
{
    /// <summary>The due time of a held reminder, beyond every time that a reminder can have.</summary>
    public const long NeverDue = long.MaxValue;

    /// <summary>The texts of a reason as tables can keep them.</summary>
    public static HeldReason Clean(HeldReason reason) =>
        new(StorableText.Clean(reason.Code), StorableText.Clean(reason.Text));

    /// <summary>The held calls of a round with their sequences: see <see cref="RoundCommit.SequenceOf"/>.</summary>
    public static IEnumerable<HeldCall> Numbered(RoundCommit round, long transaction)
    {
        for (var i = 0; i < round.Held.Count; i++)
        {
            var row = round.Held[i];
            yield return row.Call.Sequence != 0 ? row : row with
            {
                Call = row.Call with { Sequence = RoundCommit.SequenceOf(transaction, round.Deferred.Count + i) },
            };
        }
    }

    /// <summary>
    /// Merges two summaries, each in the order of grains and at most <paramref name="limit"/> long, into one.
    /// </summary>
    public static IReadOnlyList<HeldGrain> Merge(
        IEnumerable<HeldGrain> calls, IEnumerable<HeldGrain> reminders, int limit) =>
        [.. calls.Concat(reminders).GroupBy(row => row.Grain)
            .Select(rows => rows.Aggregate((one, other) => one with
            {
                CallsCount = one.CallsCount + other.CallsCount,
                RemindersCount = one.RemindersCount + other.RemindersCount,
                Since = one.Since < other.Since ? one.Since : other.Since,
            }))
            .OrderBy(row => row.Grain.Type, Utf8Order.Instance).ThenBy(row =>
                row.Grain.Key, Utf8Order.Instance).Take(limit)];

    public static IReadOnlyList<HeldCount> Merge(IEnumerable<HeldCount> calls, IEnumerable<HeldCount> reminders) =>
        [.. calls.Concat(reminders).GroupBy(row => (row.Type, row.Code))
            .Select(rows => new HeldCount(
                rows.Key.Type, rows.Key.Code, rows.Sum(row => row.CallsCount), rows.Sum(row => row.RemindersCount)))
            .OrderBy(row => row.Type, Utf8Order.Instance).ThenBy(row => row.Code, Utf8Order.Instance)];
}
