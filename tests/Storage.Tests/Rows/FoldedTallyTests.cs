using Tributary.Storage.Rows;
using Tributary.Tests.Shared;

namespace Tributary.Storage.Tests.Rows;

public sealed class FoldedTallyTests
{
    private static Tally Commit(long transaction, int count) => new(Position.Of(transaction, 0).Value, count);

    // The rows as a database would hold them.
    private static List<FoldedTally> Fold(IEnumerable<IReadOnlyList<Tally>> steps)
    {
        var rows = new SortedDictionary<long, FoldedTally>();
        foreach (var step in steps)
        {
            foreach (var row in FoldedTally.Add(rows.Count == 0 ? null : rows.Values.Last(), step))
                rows[row.Position] = row;
        }

        return [.. rows.Values];
    }

    private static long CountBelow(List<FoldedTally> rows, long below) =>
        rows.FindLast(row => row.Position < below)?.CountBelow(below) ?? 0;

    [Fact]
    public void Commits_are_counted_at_every_position_whatever_the_steps()
    {
        var random = new Random(TestRun.Seed);
        for (var run = 0; run < 20; run++)
        {
            var commits = new List<Tally>();
            var transaction = 0L;
            for (var i = random.Next(1, 900); i > 0; i--)
            {
                transaction += random.Next(4) == 0 ? random.NextInt64(1, 1L << 30) : 1;
                commits.Add(Commit(transaction, random.Next(8) == 0 ? 65_536 : random.Next(1, 5)));
            }

            var steps = new List<IReadOnlyList<Tally>>();
            for (var done = 0; done < commits.Count; done += steps[^1].Count)
                steps.Add(commits.GetRange(done, random.Next(1, Math.Min(400, commits.Count - done) + 1)));
            var rows = Fold(steps);

            var before = 0L;
            foreach (var commit in commits)
            {
                Assert.Equal(before, CountBelow(rows, commit.Position));
                Assert.Equal(before + 1, CountBelow(rows, commit.Position + 1));
                before += commit.Count;
                Assert.Equal(before, CountBelow(rows, commit.Position + commit.Count));
            }

            Assert.Equal(before, CountBelow(rows, long.MaxValue));
            Assert.Equal((commits.Count + 255) / 256, rows.Count);
        }
    }

    [Fact]
    public void A_row_that_is_not_full_grows_and_a_full_one_stays()
    {
        var first = Assert.Single(FoldedTally.Add(null, [Commit(5, 2)]));
        var grown = Assert.Single(FoldedTally.Add(first, [Commit(9, 3)]));
        Assert.Equal((first.Position, 5L, 5L), (grown.Position, grown.Count, grown.Total));

        var full = FoldedTally.Add(null, Enumerable.Range(1, FoldedTally.MaxCommitsCount).Select(i => Commit(i, 1)));
        var next = Assert.Single(FoldedTally.Add(full.Single(), [Commit(1_000, 4)]));
        Assert.Equal(
            (Position.Of(1_000, 0).Value, 4L, FoldedTally.MaxCommitsCount + 4L),
            (next.Position, next.Count, next.Total));
    }

    [Fact]
    public void A_row_holds_at_most_256_commits_and_is_filled_before_the_next()
    {
        var commits = Enumerable.Range(1, 600).Select(static transaction => Commit(transaction, 1)).ToArray();

        Assert.Equal([256, 256, 88], Fold([commits]).Select(static row => row.Count));
        Assert.Equal([256, 256, 88], Fold(commits.Chunk(7)).Select(static row => row.Count));
    }

    [Fact]
    public void Nothing_to_fold_changes_no_count()
    {
        Assert.Empty(FoldedTally.Add(null, []));
        var row = Assert.Single(FoldedTally.Add(null, [Commit(5, 2)]));
        Assert.All(
            FoldedTally.Add(row, []),
            same => Assert.Equal((row.Position, row.Total), (same.Position, same.Total)));
    }
}
