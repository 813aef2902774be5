using Tributary.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>A row of <c>indexed_values</c>.</summary>
/// <param name="MessageIndex">The index of its message in the round.</param>
internal readonly record struct IndexedRow(IndexedValue Value, int MessageIndex)
{
    /// <summary>
    /// The rows of a round in the order of the index, so that neighbours in the tree are written one after the other.
    /// </summary>
    public static List<IndexedRow> Of(RoundCommit round)
    {
        var rows = new List<IndexedRow>();
        for (var i = 0; i < round.Messages.Count; i++)
        {
            var values = round.Messages[i].Message.IndexedValues;
            for (var k = 0; k < values.Count; k++)
                rows.Add(new IndexedRow(values[k], i));
        }

        rows.Sort(Compare);
        return rows;
    }

    private static int Compare(IndexedRow x, IndexedRow y)
    {
        var order = x.Value.Path.CompareTo(y.Value.Path);
        if (order == 0)
            order = x.Value.Key.Span.SequenceCompareTo(y.Value.Key.Span);
        return order != 0 ? order : x.MessageIndex.CompareTo(y.MessageIndex);
    }
}
