using Tributary.Messages;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using Tributary.Storage.Tests.Conformance;

namespace Tributary.Storage.Tests.InMemory;

/// <summary>The faults that a simulation can order, and the strictness that catches its engine.</summary>
public sealed class InMemoryFaultsTests
{
    private readonly InMemoryDatabase database = new(TimeProvider.System);
    private readonly ScriptedFaults faults = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreFate.Fail, false, false)]
    [InlineData(StoreFate.LoseAnswer, true, true)]
    [InlineData(StoreFate.HappenLate, false, true)]
    public async Task The_answer_of_a_commit_is_lost(StoreFate fate, bool storedBefore, bool storedAfter)
    {
        var silo = await JoinAsync();
        faults.ByCall[(StoreCall.Commit, 2)] = fate;
        var round = silo.NextRound(next => next.Messages.Add(TestSilo.Message()));

        Assert.IsType<CommitOutcome.Unknown>(await silo.Store.CommitAsync(round, Cancellation));
        Assert.Equal(storedBefore ? 1 : 0, database.Messages.Count);

        var resolution = await silo.Store.ResolveAsync(silo.Id, 2, Cancellation);
        Assert.Equal(storedAfter, resolution is RoundResolution.Applied);
        Assert.Equal(storedAfter ? 1 : 0, database.Messages.Count);
    }

    [Theory]
    [InlineData(StoreFate.CrashBefore, 0)]
    [InlineData(StoreFate.CrashAfter, 1)]
    public async Task A_crash_around_a_commit_ends_the_store_and_lets_the_next_one_join(StoreFate fate, int stored)
    {
        var silo = await JoinAsync();
        faults.ByCall[(StoreCall.Commit, 2)] = fate;

        Assert.IsType<CommitOutcome.Unknown>(
            await silo.TryCommitAsync(round => round.Messages.Add(TestSilo.Message())));

        await Assert.ThrowsAsync<StoreException>(async () => await silo.Store.CheckAsync(silo.Id, 1, Cancellation));
        await using var next = new InMemoryStore(database);
        await next.JoinAsync("", Cancellation);
        Assert.Equal(stored, database.Messages.Count);
    }

    [Fact]
    public async Task What_began_first_and_ends_last_takes_its_place_and_nothing_above_it_is_read_before()
    {
        var slow = await JoinClusterAsync(new InMemoryStore(database, faults));
        var store = new InMemoryStore(database);
        var fast = await JoinClusterAsync(store);
        var end = new TaskCompletionSource();
        faults.WhileOpen = _ => new ValueTask(end.Task);
        var first = slow.TryCommitAsync(round => round.Messages.Add(TestSilo.Message()));
        await fast.TryCommitAsync(round => round.Messages.AddRange([TestSilo.Message(), TestSilo.Message()]));
        Assert.Equal(2, database.Messages.Count);
        Assert.Empty((await store.Messages.ReadAfterAsync(Position.Start, 10, 1_000, Cancellation)).Messages);
        var page = await store.ReadDeferredCallsAsync(null, 0, 1, Cancellation);
        var open = Assert.Single(page.Snapshot.Open);

        end.SetResult();
        var committed = Assert.IsType<CommitOutcome.Committed>(await first);
        Assert.Equal(open, committed.Transaction);
        var read = (await store.Messages.ReadAfterAsync(Position.Start, 10, 1_000, Cancellation)).Messages;
        Assert.Equal(3, read.Count);
        Assert.Equal(Position.Of(open, 0), read[0].Position);
    }

    [Fact]
    public async Task The_nth_operation_fails()
    {
        var silo = await JoinAsync();
        faults.ByNumber[5] = StoreFate.Fail;

        Assert.True(await silo.Store.CheckAsync(silo.Id, 1, Cancellation));
        var error = await Assert.ThrowsAsync<StoreException>(async () =>
            await silo.Store.LoadAsync(new LoadRequest(), Cancellation));

        Assert.Equal(StoreFault.Transient, error.Fault);
        Assert.True(await silo.Store.CheckAsync(silo.Id, 1, Cancellation));
    }

    [Fact]
    public async Task A_poisonous_body_is_refused_wherever_it_stands()
    {
        var silo = await JoinAsync();
        faults.Poison = body => body.Span.SequenceEqual("poison"u8);

        Assert.IsType<CommitOutcome.Rejected>(await silo.TryCommitAsync(
            round => round.Messages.AddRange([TestSilo.Message(), TestSilo.Message(body: "poison")])));

        Assert.Empty(database.Messages);
        await silo.CommitAsync(TestSilo.Message());
    }

    [Fact]
    public async Task A_commit_takes_as_long_as_its_delay_and_a_silo_declared_dead_meanwhile_is_fenced()
    {
        var silo = await JoinAsync();
        var gate = new TaskCompletionSource();
        faults.DelayBefore = operation => operation.Call == StoreCall.Commit ? new ValueTask(gate.Task) : default;
        var commit = silo.TryCommitAsync(round => round.Messages.Add(TestSilo.Message()));
        Assert.False(commit.IsCompleted);

        database.DeclareDead(silo.Id);
        gate.SetResult();

        Assert.IsType<CommitOutcome.Fenced>(await commit);
    }

    [Fact]
    public async Task What_a_correct_engine_never_sends_throws()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
        {
            round.States.Add(TestSilo.Item("a", "1", true));
            Named(round);
        });

        var broken = new List<Action<RoundCommit>>
        {
            round => round.States.Add(TestSilo.Item("a", "2", true)),
            round => round.States.Add(TestSilo.Item("b", "2", false)),
            round => round.States.AddRange([TestSilo.Item("a", "2", false), TestSilo.Item("a", "3", false)]),
            round => round.Reminders.AddRange(Enumerable.Repeat(
                new ReminderWrite(
                    new PartitionId(0), new RoundGrainId("item", "a"), "r",
                    new ReminderRequest("r", TestSilo.Noon, 0, null, default)), 2)),
            round => round.DeferredDone.Add(1),
            Named,
        };
        foreach (var fill in broken)
            await Assert.ThrowsAsync<InvalidOperationException>(() => silo.TryCommitAsync(fill));

        var skipping = await Assert.ThrowsAsync<InvalidOperationException>(async () => await silo.Store.CommitAsync(
            new RoundCommit { Silo = silo.Id, Round = 4, AcceptedBefore = 1 }, Cancellation));
        Assert.Contains("a round was skipped", skipping.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await silo.Store.CommitAsync(
            new RoundCommit { Silo = silo.Id, Round = 3, AcceptedBefore = 5 }, Cancellation));
        await silo.CommitAsync();
        Assert.Single(database.Messages);
    }

    private static void Named(RoundCommit round)
    {
        round.Messages.Add(TestSilo.Message());
        round.ExternalIds.Add(new ExternalIdRow(new PartitionId(0), ExternalKey.Of("source", "item", "name"), 1, 0));
    }

    private static async Task<TestSilo> JoinClusterAsync(InMemoryStore store)
    {
        await store.OpenAsync(Cancellation);
        var request = new JoinRequest("") { IsAlone = false, Cluster = "cluster" };
        return new TestSilo(store, (await store.JoinAsync(request, Cancellation)).Silo) { IsPicky = true };
    }

    private async Task<TestSilo> JoinAsync()
    {
        var store = new InMemoryStore(database, faults);
        await store.OpenAsync(Cancellation);
        var incarnation = await store.JoinAsync("", Cancellation);
        var silo = new TestSilo(store, incarnation.Silo);
        await silo.TakeAllAsync();
        return silo;
    }
}
