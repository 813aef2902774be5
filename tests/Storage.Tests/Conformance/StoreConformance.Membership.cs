using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_database_keeps_its_history_and_partitions_over_restarts()
    {
        var store = NewStore();
        var facts = await store.OpenAsync(Cancellation);
        await store.DisposeAsync();

        Assert.Equal(facts, await NewStore().OpenAsync(Cancellation));
        Assert.Equal(256, facts.PartitionCount);
        Assert.NotEqual(Guid.Empty, facts.HistoryId);
    }

    [Fact]
    public async Task A_second_silo_is_told_who_is_there()
    {
        var first = await JoinAsync("http://127.0.0.1:9");
        await first.CommitAsync();

        var error = await Assert.ThrowsAsync<StoreException>(() => JoinAsync());

        Assert.Equal(StoreFault.Busy, error.Fault);
        await first.CommitAsync();
    }

    [Fact]
    public async Task After_a_crash_a_new_incarnation_joins_and_the_old_one_stays_dead()
    {
        var first = await JoinAsync();
        await first.CommitAsync(TestSilo.Message());
        await Harness.CrashAsync(first.Store);

        var second = await JoinAsync();

        Assert.NotEqual(first.Id, second.Id);
        Assert.IsType<RoundResolution.Dead>(await second.Store.ResolveAsync(first.Id, first.Round + 1, Cancellation));
        await second.CommitAsync(TestSilo.Message());
        Assert.Equal(
            2,
            await second.Store.Messages.CountBelowAsync(
                await second.Store.Messages.ReadHorizonAsync(Cancellation), Cancellation));
    }

    [Fact]
    public async Task A_silo_can_join_again_and_its_old_incarnation_is_fenced()
    {
        var first = await JoinAsync("http://127.0.0.1:9");
        await first.CommitAsync();

        var again = await first.Store.JoinAsync("http://127.0.0.1:9", Cancellation);

        Assert.NotEqual(first.Id, again.Silo);
        Assert.False(await first.Store.CheckAsync(first.Id, first.Round, Cancellation));
        Assert.IsType<CommitOutcome.Fenced>(
            await first.TryCommitAsync(round => round.Messages.Add(TestSilo.Message())));
        Assert.IsType<RoundResolution.Dead>(await first.Store.ResolveAsync(first.Id, first.Round + 1, Cancellation));
        Assert.Equal(0, await first.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
    }

    [Fact]
    public async Task A_silo_that_left_makes_room_and_cannot_commit()
    {
        var first = await JoinAsync();
        await first.CommitAsync();
        await first.Store.LeaveAsync(first.Id, Cancellation);

        Assert.False(await first.Store.CheckAsync(first.Id, first.Round, Cancellation));
        await first.Store.DisposeAsync();
        var second = await JoinAsync();
        await second.CommitAsync();
    }

    [Fact]
    public async Task A_silo_of_another_cluster_is_refused_also_when_no_silo_lives()
    {
        var first = await JoinClusterAsync("first");
        await first.CommitAsync();
        await LeaveAsync(first);

        var error = await Assert.ThrowsAsync<StoreException>(() => JoinClusterAsync("second"));

        Assert.Equal(StoreFault.Fatal, error.Fault);
        Assert.Contains("the cluster 'first'; found a silo of the cluster 'second'", error.Message,
            StringComparison.Ordinal);
        await CloseAsync();
        await (await JoinClusterAsync("first")).CommitAsync();
    }

    [Fact]
    public async Task A_database_goes_from_a_silo_alone_to_a_cluster_and_back_when_none_lives()
    {
        var alone = await JoinAsync();
        await alone.CommitAsync();
        await LeaveAsync(alone);

        var clustered = await JoinClusterAsync("first");
        await clustered.CommitAsync();
        await LeaveAsync(clustered);

        alone = await JoinAsync();
        await alone.CommitAsync();
        await LeaveAsync(alone);

        await (await JoinClusterAsync("second")).CommitAsync();
    }

    [Fact]
    public async Task A_crashed_silo_of_the_other_kind_makes_room()
    {
        var alone = await JoinAsync();
        await alone.CommitAsync();
        await Harness.CrashAsync(alone.Store);

        var clustered = await JoinClusterAsync("c");
        await clustered.CommitAsync();
        Assert.Equal(
            256, (await ChangeAsync(clustered, [.. Enumerable.Range(0, 256).Select(id => new PartitionId(id))])).Count);
        await Harness.CrashAsync(clustered.Store);

        await (await JoinAsync()).CommitAsync();
    }

    private static async Task LeaveAsync(TestSilo silo)
    {
        await silo.Store.LeaveAsync(silo.Id, Cancellation);
        await silo.Store.DisposeAsync();
    }

    private async Task CloseAsync()
    {
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task The_database_time_is_near_the_clock()
    {
        var store = NewStore();
        await store.OpenAsync(Cancellation);

        var incarnation = await store.JoinAsync("", Cancellation);

        Assert.InRange(
            incarnation.DatabaseTime,
            TimeProvider.System.GetUtcNow().AddMinutes(-1),
            TimeProvider.System.GetUtcNow().AddMinutes(1));
    }
}
