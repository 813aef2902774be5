using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class SharedConformance
{
    [Fact]
    public async Task Commits_of_several_silos_fold_into_one_order()
    {
        var silos = new[] { await JoinBesideAsync(), await JoinBesideAsync(), await JoinBesideAsync() };
        var transactions = new List<long>();
        for (var round = 0; round < 12; round++)
        {
            transactions.Add(await silos[round % 3].CommitAsync(
                [.. Enumerable.Range(0, 1 + round % 2).Select(static _ => TestSilo.Message())]));
        }

        // Two die in the middle of the order; the third goes on between the steps of the fold.
        await silos[2].Store.DeclareDeadAsync(silos[0].Id, Cancellation);
        await silos[2].Store.DeclareDeadAsync(silos[1].Id, Cancellation);
        var store = silos[2].Store;
        for (var step = 0; step < 4; step++)
        {
            await store.Folds.FoldAsync(5, TimeSpan.FromDays(1), Cancellation);
            transactions.Add(await silos[2].CommitAsync(TestSilo.Message()));
        }

        var expected = 0L;
        foreach (var (transaction, count) in transactions.Select(
            static (transaction, index) => (transaction, Count: index < 12 ? 1 + index % 2 : 1)))
        {
            Assert.Equal(
                expected, await store.Messages.CountBelowAsync(Position.Of(transaction, 0), Cancellation));
            expected += count;
            Assert.Equal(
                expected, await store.Messages.CountBelowAsync(Position.Of(transaction, count), Cancellation));
        }
    }

    [Fact]
    public async Task Reads_commits_and_folds_of_several_silos_go_on_beside_each_other()
    {
        const int Rounds = 40;
        var (first, second) = (await JoinBesideAsync(), await JoinBesideAsync());
        foreach (var (silo, partition) in new[] { (first, One), (second, Two) })
            await ChangeAsync(silo, [partition]);
        var dead = await JoinBesideAsync();
        await WriteAsync(dead, 25);
        await first.Store.DeclareDeadAsync(dead.Id, Cancellation);

        var writing = Task.WhenAll(WriteAsync(first, Rounds), WriteAsync(second, Rounds));
        var folding = Task.WhenAll(
            Task.Run(() => FoldWhileAsync(first.Store, writing)),
            Task.Run(() => FoldWhileAsync(second.Store, writing)));
        var before = 25L;
        while (!writing.IsCompleted)
        {
            // What a read counts never falls, and its ledger balances.
            var now = await second.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation);
            Assert.InRange(now, before, 25 + 2 * Rounds);
            before = now;
            var report = await first.Store.Ledger.ReadLedgerAsync(recount: true, Cancellation);
            Assert.True(report.Total.Balances);
            Assert.Equal(report.Total, report.Recounted);
        }

        await writing;
        await folding;
        await FoldAsync(first.Store, TimeSpan.FromDays(1));
        Assert.Equal(0, (await Harness.CountRowsAsync()).Tallies);
        Assert.Equal(
            25 + 2 * Rounds, await first.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    [Fact]
    public async Task A_silo_that_comes_back_after_its_row_is_gone_finds_that_it_is_dead()
    {
        var frozen = await JoinBesideAsync("http://127.0.0.1:9");
        await ChangeAsync(frozen, [One]);
        await frozen.CommitAsync(round =>
        {
            round.Writes.Add(One);
            round.Messages.Add(TestSilo.Message());
            round.Ledger.Add(new LedgerDelta("source", TestSilo.Noon, 1, 1));
        });
        var other = await JoinBesideAsync();
        await other.Store.DeclareDeadAsync(frozen.Id, Cancellation);
        Assert.Equal([new TakenPartition(One, true)], await ChangeAsync(other, [One]));
        Assert.Equal(1, (await FoldAsync(other.Store, TimeSpan.Zero)).SiloCount);

        Assert.False(await frozen.Store.CheckAsync(frozen.Id, frozen.Round, Cancellation));
        Assert.IsType<CommitOutcome.Fenced>(await frozen.TryCommitAsync(round => round.Writes.Add(One)));
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await frozen.Store.ResolveAsync(frozen.Id, frozen.Round + 1, Cancellation));
        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.IsNotType<CommitOutcome.Committed>(await frozen.TryCommitAsync(round => round.Takes.Add(Two)));
        Assert.False(await frozen.Store.NoteStartsAsync(frozen.Id, [], Cancellation));
        Assert.False(await frozen.Store.BeginLeaveAsync(frozen.Id, Cancellation));
        Assert.False(await frozen.Store.DeclareDeadAsync(frozen.Id, Cancellation));
        await frozen.Store.Generations.DeclareAsync(
            frozen.Id, [new Storage.Generations.DefinitionProposal("late", "hash", "{}"u8.ToArray())], ["/late"],
            Cancellation);
        var rows = await Harness.CountRowsAsync();
        Assert.Equal((0, 0), (rows.Declarations, rows.DeclaredPaths));
        await frozen.Store.LeaveAsync(frozen.Id, Cancellation);

        Assert.Equal([other.Id], (await other.Store.ReadSilosAsync(Cancellation)).Select(static row => row.Silo));
        Assert.Equal([One], await OwnedAsync(other));
        var again = await frozen.Store.JoinBesideAsync("http://127.0.0.1:9", Cancellation);
        Assert.True(again.Silo.Value > other.Id.Value);
    }

    private static async Task WriteAsync(TestSilo silo, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await silo.CommitAsync(next =>
            {
                next.Messages.Add(TestSilo.Message());
                next.Ledger.Add(new LedgerDelta($"source {round % 3}", TestSilo.Noon, 1, 1));
            });
        }
    }

    private static async Task FoldWhileAsync(IStore store, Task writing)
    {
        while (!writing.IsCompleted)
            await store.Folds.FoldAsync(7, TimeSpan.FromDays(1), Cancellation);
    }
}
