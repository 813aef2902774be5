using System.Diagnostics;

namespace Tributary.Storage.Rows;

/// <summary>
/// Tallies of commits that follow each other in the order of positions, of whichever silos, as one row. It counts
/// exactly at every position, also inside a commit, and whatever becomes of the messages.
/// </summary>
/// <param name="Position">The first position of the first commit.</param>
/// <param name="Count">The messages of these commits.</param>
/// <param name="Total">The messages of all commits up to the last of these.</param>
/// <param name="Commits">
/// For each commit, as LEB128 numbers: by how much its transaction is higher than that of the commit before, and how
/// many messages it stored.
/// </param>
internal sealed record FoldedTally(long Position, long Count, long Total, ReadOnlyMemory<byte> Commits)
{
    /// <summary>The most commits in a row: about 1 KB, which a database keeps in the page of the row.</summary>
    public const int MaxCommitsCount = 256;

    /// <summary>
    /// How many messages all folded commits stored below a position, when no later row begins below it.
    /// </summary>
    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public long CountBelow(long below)
    {
        var count = Total - Count;
        foreach (var commit in Read())
            count += Math.Clamp(below - commit.Position, 0, commit.Count);
        return count;
    }

    /// <summary>
    /// Adds commits behind the last row: the rows that are new or changed. A last row that is not full grows.
    /// </summary>
    /// <param name="commits">In the order of positions, above all that is folded.</param>
    public static List<FoldedTally> Add(FoldedTally? last, IEnumerable<Tally> commits)
    {
        var rows = new List<FoldedTally>();
        var total = last is null ? 0 : last.Total;
        List<Tally> open = last is null ? [] : [.. last.Read()];
        var before = open.Count == 0 ? -1 : open[^1].Position;
        // A full row stays as it is.
        if (open.Count >= MaxCommitsCount)
            open = [];
        foreach (var commit in commits)
        {
            Debug.Assert(commit.Position > before, "Commits are folded in the order of positions.");
            before = commit.Position;
            open.Add(commit);
            total += commit.Count;
            if (open.Count == MaxCommitsCount)
                Close();
        }

        if (open.Count > 0)
            Close();
        return rows;

        void Close()
        {
            rows.Add(Of(open, total));
            open = [];
        }
    }

    private static FoldedTally Of(List<Tally> commits, long total)
    {
        var bytes = new List<byte>();
        var before = commits[0].Position >> Tributary.Position.IndexBits;
        foreach (var commit in commits)
        {
            var transaction = commit.Position >> Tributary.Position.IndexBits;
            Varint.Write(bytes, (ulong)(transaction - before));
            Varint.Write(bytes, (uint)commit.Count);
            before = transaction;
        }

        return new FoldedTally(
            commits[0].Position, commits.Sum(static commit => (long)commit.Count), total, bytes.ToArray());
    }

    private List<Tally> Read()
    {
        var commits = new List<Tally>();
        var bytes = Commits.Span;
        var transaction = Position >> Tributary.Position.IndexBits;
        while (!bytes.IsEmpty)
        {
            transaction += (long)Varint.Read(ref bytes);
            var count = (int)Varint.Read(ref bytes, Varint.MaxBytes32);
            commits.Add(new Tally(transaction << Tributary.Position.IndexBits, count));
        }

        return commits;
    }
}

/// <summary>A commit with messages.</summary>
/// <param name="Position">The position of its first message; the others follow without gaps.</param>
internal readonly record struct Tally(long Position, int Count);
