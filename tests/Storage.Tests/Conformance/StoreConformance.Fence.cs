using Tributary.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_round_that_is_in_cannot_be_committed_again()
    {
        var silo = await JoinAsync();
        var round = silo.NextRound(next => next.Messages.Add(TestSilo.Message()));
        var committed = Assert.IsType<CommitOutcome.Committed>(await silo.Store.CommitAsync(round, Cancellation));

        Assert.IsType<CommitOutcome.Fenced>(await silo.Store.CommitAsync(round, Cancellation));

        var applied = Assert.IsType<RoundResolution.Applied>(
            await silo.Store.ResolveAsync(silo.Id, round.Round, Cancellation));
        Assert.Equal(committed.Transaction, applied.Transaction);
        await silo.SettleAsync(committed);
        Assert.Equal(1, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    [Fact]
    public async Task A_round_that_is_not_in_can_be_sent_after_its_resolution()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync();

        Assert.IsType<RoundResolution.NotApplied>(await silo.Store.ResolveAsync(silo.Id, silo.Round + 1, Cancellation));

        await silo.CommitAsync(TestSilo.Message());
    }

    [Fact]
    public async Task A_silo_without_a_row_is_dead_and_nothing_is_told_of_its_rounds()
    {
        var silo = await JoinAsync();
        var unknown = new SiloId(4711);

        // Its row may have gone: that the round is not in would be a guess.
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await silo.Store.ResolveAsync(unknown, 1, Cancellation));
        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.False(await silo.Store.CheckAsync(unknown, 0, Cancellation));
        Assert.IsType<CommitOutcome.Fenced>(await silo.Store.CommitAsync(
            new RoundCommit { Silo = unknown, Round = 1, AcceptedBefore = 0 }, Cancellation));
    }

    [Fact]
    public async Task A_check_knows_the_last_durable_round_only()
    {
        var silo = await JoinAsync();
        Assert.True(await silo.Store.CheckAsync(silo.Id, silo.Round, Cancellation));

        await silo.CommitAsync();

        Assert.True(await silo.Store.CheckAsync(silo.Id, silo.Round, Cancellation));
        Assert.False(await silo.Store.CheckAsync(silo.Id, silo.Round - 1, Cancellation));
        Assert.False(await silo.Store.CheckAsync(silo.Id, silo.Round + 1, Cancellation));
    }

    [Fact]
    public async Task Transactions_grow_over_rounds_and_restarts()
    {
        var first = await JoinAsync();
        var transactions = new List<long> { await first.CommitAsync(TestSilo.Message()), await first.CommitAsync() };
        await Harness.CrashAsync(first.Store);

        var second = await JoinAsync();
        transactions.Add(await second.CommitAsync(TestSilo.Message()));

        Assert.Equal(transactions.Order().Distinct(), transactions);
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\ud800')]
    [InlineData('\udc00')]
    public async Task An_identifier_that_text_cannot_hold_is_refused_and_leaves_nothing(char inside)
    {
        var identifier = $"a{inside}b";
        var silo = await JoinAsync();

        var rounds = new List<Action<RoundCommit>>
        {
            round => round.Messages.Add(TestSilo.Message(item: identifier)),
            round => round.Messages.Add(TestSilo.Message(source: identifier)),
            round => round.States.Add(TestSilo.Item(identifier, "{}", true)),
            round => round.States.Add(TestSilo.Aggregate(new AggregateKey(1, 0, identifier), "{}", true)),
            round => round.Ledger.Add(new LedgerDelta(identifier, TestSilo.Noon, 1, 1)),
            round => round.Deferred.Add(new DeferredCall(1, new PartitionId(0), new RoundGrainId("item", identifier),
                "Do", new byte[] { 1 })),
        };
        foreach (var fill in rounds)
        {
            var outcome = await silo.TryCommitAsync(round =>
            {
                round.Messages.Add(TestSilo.Message());
                fill(round);
            });
            Assert.True(outcome is CommitOutcome.Rejected, outcome.ToString());
        }

        Assert.Equal(0, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        await silo.CommitAsync(TestSilo.Message());
    }

    [Fact]
    public async Task A_group_that_is_no_aggregate_key_is_refused()
    {
        var silo = await JoinAsync();
        var row = new StateRow(StateTable.Aggregates, new RoundGrainId("aggregate", "nonsense"), new PartitionId(0), 1,
            new byte[] { 1 }, true);

        Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(round => round.States.Add(row)));
        await silo.CommitAsync();
    }
}
