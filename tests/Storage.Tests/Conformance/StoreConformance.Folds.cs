using Tributary.Storage.Folds;
using Tributary.Storage.Generations;
using Tributary.Storage.Ledger;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private const int FoldLimit = 100;

    /// <summary>Folds until nothing is left to fold; returns the sum of the steps.</summary>
    protected static async Task<FoldStep> FoldAsync(IStore store, TimeSpan keep, int limit = FoldLimit)
    {
        var sum = default(FoldStep);
        while (true)
        {
            var step = await store.Folds.FoldAsync(limit, keep, Cancellation);
            sum = new FoldStep(
                sum.LedgerCount + step.LedgerCount, sum.TallyCount + step.TallyCount, sum.SiloCount + step.SiloCount,
                false);
            if (!step.IsMore)
                return sum;
        }
    }

    private static async Task<List<long>> CountsAtAsync(IStore store, IEnumerable<Position> positions)
    {
        var counts = new List<long>();
        foreach (var position in positions)
            counts.Add(await store.Messages.CountBelowAsync(position, Cancellation));
        return counts;
    }

    // Around every commit, and inside those of several messages.
    private static List<Position> Around(IEnumerable<long> transactions) =>
    [
        Position.Start,
        .. transactions.SelectMany(static transaction => new[] { 0, 1, 2, 9 }
            .Select(index => Position.Of(transaction, index))),
        new Position(long.MaxValue),
    ];

    [Fact]
    public async Task A_fold_changes_no_count_at_any_position_and_no_sum()
    {
        var transactions = new List<long>();
        TestSilo silo = null!;
        for (var life = 0; life < 3; life++)
        {
            if (life > 0)
                await Harness.CrashAsync(silo.Store);
            silo = await JoinAsync();
            for (var round = 0; round < 4; round++)
            {
                var messages = Enumerable.Range(0, 1 + (round + life) % 3)
                    .Select(_ => TestSilo.Message(source: $"source {round % 2}")).ToArray();
                transactions.Add(await silo.CommitAsync(next =>
                {
                    next.Messages.AddRange(messages);
                    next.Ledger.Add(new LedgerDelta(
                        $"source {round % 2}", TestSilo.Noon.AddHours(life % 2), messages.Length, messages.Length));
                }));
            }
        }

        var positions = Around(transactions);
        var counts = await CountsAtAsync(silo.Store, positions);
        var ledger = await silo.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation);

        // A step of two rows: whatever a step leaves behind, reads see the same.
        while ((await silo.Store.Folds.FoldAsync(2, TimeSpan.FromDays(1), Cancellation)).IsMore)
        {
            Assert.Equal(counts, await CountsAtAsync(silo.Store, positions));
            AssertSame(ledger, await silo.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation));
        }

        Assert.Equal(counts, await CountsAtAsync(silo.Store, positions));
        AssertSame(ledger, await silo.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation));
        Assert.Equal(0, (await Harness.CountRowsAsync()).Tallies);
        // The living silo goes on from its own total.
        var later = await silo.CommitAsync(TestSilo.Message(), TestSilo.Message());
        Assert.Equal(
            [counts[^1], counts[^1] + 1, counts[^1] + 2],
            await CountsAtAsync(
                silo.Store, [Position.Of(later, 0), Position.Of(later, 1), new Position(long.MaxValue)]));
    }

    [Fact]
    public async Task What_a_process_left_in_the_middle_of_a_fold_another_folds_on()
    {
        var silo = await JoinAsync();
        var transactions = new List<long>();
        for (var round = 0; round < 5; round++)
        {
            transactions.Add(await silo.CommitAsync(next =>
            {
                next.Messages.Add(TestSilo.Message());
                next.Ledger.Add(new LedgerDelta($"source {next.Round}", TestSilo.Noon, 1, 1));
            }));
        }

        var counts = await CountsAtAsync(silo.Store, Around(transactions));
        Assert.True((await silo.Store.Folds.FoldAsync(2, TimeSpan.FromDays(1), Cancellation)).IsMore);
        await Harness.CrashAsync(silo.Store);
        silo = await JoinAsync();
        Assert.Equal(counts, await CountsAtAsync(silo.Store, Around(transactions)));

        Assert.Equal(3, (await FoldAsync(silo.Store, TimeSpan.FromDays(1), limit: 2)).TallyCount);

        Assert.Equal(counts, await CountsAtAsync(silo.Store, Around(transactions)));
        var report = await silo.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation);
        Assert.Equal(new LedgerCounts(5, 5, 0, 0, 0, 0), report.Total);
        Assert.Equal(report.Total, report.Recounted);
    }

    [Fact]
    public async Task After_many_restarts_and_a_fold_reads_look_at_as_much_as_after_one()
    {
        const int Lives = 12;
        TestSilo silo = null!;
        for (var life = 0; life < Lives; life++)
        {
            silo = await JoinAsync();
            await silo.Store.Generations.DeclareAsync(
                silo.Id, [new DefinitionProposal("definition", "hash", "{}"u8.ToArray())], ["/a", "/b"], Cancellation);
            silo.Definitions = (await silo.Store.Generations.ReadAsync(Cancellation)).Version;
            for (var round = 0; round < 30; round++)
            {
                await silo.CommitAsync(next =>
                {
                    next.Messages.Add(TestSilo.Message());
                    next.Ledger.Add(new LedgerDelta("source", TestSilo.Noon, 1, 1));
                });
            }

            if (life < Lives - 1)
                await LeaveAsync(silo);
        }

        // The first step finds the dead; nobody has been dead for as long as they are kept.
        await FoldAsync(silo.Store, TimeSpan.FromDays(1));
        Assert.Equal(Lives, (await Harness.CountRowsAsync()).Silos);

        await FoldAsync(silo.Store, TimeSpan.Zero);

        var rows = await Harness.CountRowsAsync();
        // 360 commits in rows of 256; the ledger of all that died, and of the one that lives.
        Assert.Equal(new FoldedRows(1, 0, 2, rows.Ledger, 1, 2), rows);
        Assert.InRange(rows.Ledger, 1, 2);
        Assert.Equal(Lives * 30, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        Assert.Equal(
            new LedgerCounts(Lives * 30, Lives * 30, 0, 0, 0, 0),
            (await silo.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation)).Recounted);
        Assert.Equal(default, await FoldAsync(silo.Store, TimeSpan.Zero));
    }

    [Fact]
    public async Task The_id_of_a_silo_whose_row_is_gone_is_not_given_again()
    {
        var first = await JoinAsync();
        await first.CommitAsync(TestSilo.Message());
        await LeaveAsync(first);
        var second = await JoinAsync();
        await LeaveAsync(second);

        var store = NewStore();
        await store.OpenAsync(Cancellation);
        await FoldAsync(store, TimeSpan.Zero);
        Assert.InRange((await Harness.CountRowsAsync()).Silos, 0, 1);
        await store.DisposeAsync();

        Assert.True((await JoinAsync()).Id.Value > second.Id.Value);
    }

    [Fact]
    public async Task A_dead_silo_keeps_its_row_while_it_owns_a_partition()
    {
        var first = await JoinBesideAsync();
        await ChangeAsync(first, [One, Two]);
        await Harness.CrashAsync(first.Store);
        var second = await JoinBesideAsync();
        await second.Store.DeclareDeadAsync(first.Id, Cancellation);
        await ChangeAsync(second, [One]);

        Assert.Equal(0, (await FoldAsync(second.Store, TimeSpan.Zero)).SiloCount);

        Assert.Equal([new TakenPartition(Two, true)], await ChangeAsync(second, [Two]));
        Assert.Equal(1, (await FoldAsync(second.Store, TimeSpan.Zero)).SiloCount);
        Assert.Equal([One, Two], await OwnedAsync(second));
        Assert.Equal([new TakenPartition(One, true)], await ChangeAsync(second, [One]));
    }

    private static void AssertSame(LedgerReport expected, LedgerReport actual)
    {
        Assert.Equal(expected.Total, actual.Total);
        Assert.Equal(expected.Recounted, actual.Recounted);
        Assert.Equal(expected.BySource, actual.BySource);
    }
}
