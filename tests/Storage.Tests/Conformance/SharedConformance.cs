using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>What the stores promise that several processes share.</summary>
public abstract partial class SharedConformance : StoreConformance
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_silos_one_owns_a_partition_and_the_other_ones_round_goes_on()
    {
        var (first, second) = (await JoinBesideAsync(), await JoinBesideAsync());
        await ChangeAsync(first, [One]);

        var taken = await ChangeAsync(second, [One, Two]);

        Assert.Equal([Two], taken.Select(row => row.Partition));
        Assert.Equal([One], await OwnedAsync(first));
        Assert.IsType<CommitOutcome.NotOwned>(await second.TryCommitAsync(round => round.Writes.AddRange([One, Two])));
        await ChangeAsync(first, [], [One]);
        Assert.Equal([One], (await ChangeAsync(second, [One])).Select(row => row.Partition));
        await second.CommitAsync(round => round.Writes.AddRange([One, Two]));
    }

    [Fact]
    public async Task What_two_silos_leave_for_a_partition_has_numbers_of_its_own()
    {
        var (first, second) = (await JoinBesideAsync(), await JoinBesideAsync());
        DeferredCall Call(string key) => new(0, One, new RoundGrainId("item", key), "Do", new byte[] { 1 });

        await first.CommitAsync(round => round.Deferred.AddRange([Call("a"), Call("b")]));
        await second.CommitAsync(round => round.Deferred.AddRange([Call("c"), Call("d") with { Partition = Two }]));

        var left = (await first.Store.ReadDeferredCallsAsync([One], 0, 10, Cancellation)).Calls;
        Assert.Equal(["a", "b", "c"], left.Select(call => call.Target.Key));
        Assert.Equal(3, left.Select(call => call.Sequence).Distinct().Count());
        Assert.Single((await first.Store.ReadDeferredCallsAsync([Two, Three], 0, 10, Cancellation)).Calls);
        Assert.Empty((await first.Store.ReadDeferredCallsAsync([Three], 0, 10, Cancellation)).Calls);
        Assert.Empty((await first.Store.ReadDeferredCallsAsync([], 0, 10, Cancellation)).Calls);
        Assert.Equal(
            [new WaitingRows(One, 3), new WaitingRows(Two, 1)],
            await first.Store.CountDeferredAsync(10, Cancellation));
        Assert.Equal(2, (await first.Store.CountDeferredAsync(2, Cancellation)).Sum(static rows => rows.Count));
    }

    [Fact]
    public async Task Of_several_silos_one_stays_that_is_not_cordoned_and_a_cordoned_one_commits_on()
    {
        var (first, second, third) = (await JoinBesideAsync(), await JoinBesideAsync(), await JoinBesideAsync());
        await ChangeAsync(first, [One]);
        Task<CordonOutcome> Cordon(TestSilo silo, bool isCordoned) =>
            third.Store.CordonAsync(silo.Id, isCordoned, Cancellation).AsTask();

        Assert.Equal(CordonOutcome.Noted, await Cordon(first, true));
        Assert.Equal(CordonOutcome.Noted, await Cordon(first, true));
        await third.Store.BeginLeaveAsync(third.Id, Cancellation);
        Assert.Equal(CordonOutcome.LastSilo, await Cordon(second, true));

        Assert.Equal(
            [true, false, false],
            (await second.Store.ReadSilosAsync(Cancellation)).Select(static row => row.IsCordoned));
        await first.CommitAsync(round => round.Writes.Add(One));
        await ChangeAsync(first, [Two], [One]);
        Assert.Equal(CordonOutcome.Noted, await Cordon(first, false));
        Assert.Equal(CordonOutcome.Noted, await Cordon(second, true));
        Assert.Equal(CordonOutcome.LastSilo, await Cordon(first, true));
        // The note ends with the incarnation.
        await second.Store.JoinBesideAsync("", Cancellation);
        Assert.All(await first.Store.ReadSilosAsync(Cancellation), static row => Assert.False(row.IsCordoned));
    }

    [Fact]
    public async Task Two_silos_that_are_cordoned_at_once_do_not_count_on_each_other()
    {
        var (first, second) = (await JoinBesideAsync(), await JoinBesideAsync());

        var outcomes = await Task.WhenAll(new[] { first, second }.Select(silo =>
            Task.Run(() => silo.Store.CordonAsync(silo.Id, true, Cancellation).AsTask())));

        Assert.Equal([CordonOutcome.Noted, CordonOutcome.LastSilo], outcomes.Order());
    }

    [Fact]
    public async Task Silos_of_one_cluster_join_beside_each_other()
    {
        var (first, second) = (await JoinClusterAsync("c"), await JoinClusterAsync("c"));

        await ChangeAsync(first, [One]);
        await ChangeAsync(second, [Two]);
        Assert.Equal([One], await OwnedAsync(first));
    }

    [Fact]
    public async Task A_silo_alone_is_refused_while_a_silo_of_a_cluster_lives()
    {
        var first = await JoinClusterAsync("c");
        await first.CommitAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => JoinAsync());

        Assert.Equal(StoreFault.Busy, error.Fault);
        Assert.Contains("of the cluster 'c', this one is alone", error.Message, StringComparison.Ordinal);
        await first.CommitAsync();
        Assert.NotEqual(first.Id, (await JoinClusterAsync("c")).Id);
    }

    [Fact]
    public async Task A_silo_of_a_cluster_is_refused_while_a_silo_alone_lives()
    {
        var first = await JoinAsync("http://127.0.0.1:9");
        await first.CommitAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => JoinClusterAsync("c"));

        Assert.Equal(StoreFault.Busy, error.Fault);
        Assert.Contains("is alone, this one is of the cluster 'c'", error.Message, StringComparison.Ordinal);
        await first.CommitAsync();
        await first.Store.LeaveAsync(first.Id, Cancellation);
        await (await JoinClusterAsync("c")).CommitAsync();
    }
}
