using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    protected static readonly PartitionId One = new(1);
    protected static readonly PartitionId Two = new(2);
    protected static readonly PartitionId Three = new(3);

    private static StateRow State(PartitionId partition, string key, string text = "state", bool isNew = true) =>
        TestSilo.Item(key, text, isNew) with { Partition = partition };

    protected async Task<TestSilo> JoinBesideAsync(string address = "")
    {
        var store = NewStore();
        await store.OpenAsync(Cancellation);
        var incarnation = await store.JoinBesideAsync(address, Cancellation);
        return new TestSilo(store, incarnation.Silo) { IsPicky = true };
    }

    protected async Task<TestSilo> JoinClusterAsync(string cluster)
    {
        var store = NewStore();
        await store.OpenAsync(Cancellation);
        var incarnation = await store.JoinClusterAsync(cluster, Cancellation);
        return new TestSilo(store, incarnation.Silo) { IsPicky = true };
    }

    protected static async Task<IReadOnlyList<TakenPartition>> ChangeAsync(
        TestSilo silo, PartitionId[] takes, PartitionId[]? gives = null, Action<RoundCommit>? fill = null)
    {
        var round = silo.NextRound(next =>
        {
            next.Takes.AddRange(takes);
            next.Gives.AddRange(gives ?? []);
            fill?.Invoke(next);
        });
        var committed = Assert.IsType<CommitOutcome.Committed>(await silo.Store.CommitAsync(round, Cancellation));
        silo.Advance(round);
        return committed.Taken;
    }

    protected static async Task<IEnumerable<PartitionId>> OwnedAsync(TestSilo silo) =>
        (await silo.Store.ReadOwnersAsync(Cancellation)).Where(owner => owner.Silo == silo.Id && !owner.IsDead)
            .Select(owner => owner.Partition);

    [Fact]
    public async Task An_incarnation_begins_owning_nothing_and_writes_what_it_has_taken()
    {
        var silo = await JoinBesideAsync("http://127.0.0.1:9");
        Assert.Empty(await silo.Store.ReadOwnersAsync(Cancellation));

        Assert.Equal([One, Two], (await ChangeAsync(silo, [One, Two])).Select(taken => taken.Partition).Order(ById));

        Assert.Equal(
            [new PartitionOwner(One, silo.Id, "http://127.0.0.1:9", false),
                new PartitionOwner(Two, silo.Id, "http://127.0.0.1:9", false)],
            await silo.Store.ReadOwnersAsync(Cancellation));
        await silo.CommitAsync(round =>
        {
            round.Writes.AddRange([One, Two]);
            round.States.AddRange([State(One, "a"), State(Two, "b")]);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(300)]
    public async Task A_round_that_writes_a_partition_which_is_not_owned_is_told_apart_and_leaves_nothing(int count)
    {
        var silo = await JoinBesideAsync();
        var owned = Enumerable.Range(4, Math.Min(count, 200)).Select(id => new PartitionId(id)).ToArray();
        await ChangeAsync(silo, owned);

        var outcome = await silo.TryCommitAsync(round =>
        {
            round.Writes.AddRange([.. owned, Two]);
            for (var i = 0; i < count; i++)
            {
                round.Messages.Add(TestSilo.Message());
                round.States.Add(State(i == 0 ? Two : owned[i % owned.Length], $"{i}"));
            }
        });

        Assert.IsType<CommitOutcome.NotOwned>(outcome);
        Assert.Equal(0, await silo.Store.Messages.CountBelowAsync(new Position(long.MaxValue), Cancellation));
        Assert.Null(await silo.LoadAsync(State(Two, "0")));
        // The round's number is free, and the session is as good as before.
        await silo.CommitAsync(round =>
        {
            round.Writes.Add(owned[0]);
            round.States.Add(State(owned[0], "mine"));
        });
    }

    [Fact]
    public async Task A_partition_that_was_given_is_written_no_more_and_can_be_taken_again()
    {
        var silo = await JoinBesideAsync();
        await ChangeAsync(silo, [One, Two]);

        Assert.Empty(await ChangeAsync(silo, [], [One], round =>
        {
            round.Writes.Add(Two);
            round.States.Add(State(Two, "beside"));
        }));

        Assert.Equal([Two], await OwnedAsync(silo));
        Assert.IsType<CommitOutcome.NotOwned>(await silo.TryCommitAsync(round => round.Writes.Add(One)));
        Assert.Equal([new TakenPartition(One, false)], await ChangeAsync(silo, [One]));
    }

    [Fact]
    public async Task A_take_of_what_is_owned_already_matches_and_changes_nothing()
    {
        var silo = await JoinBesideAsync();
        await ChangeAsync(silo, [One]);

        Assert.Equal(
            [new TakenPartition(One, false), new TakenPartition(Two, false)],
            (await ChangeAsync(silo, [One, Two])).OrderBy(taken => taken.Partition.Value));
    }

    [Fact]
    public async Task Takes_and_gives_are_read_back_when_the_answer_was_lost()
    {
        var silo = await JoinBesideAsync();
        await ChangeAsync(silo, [One, Two]);
        await ChangeAsync(silo, [Three], [One]);

        var applied = Assert.IsType<RoundResolution.Applied>(
            await silo.Store.ResolveAsync(silo.Id, silo.Round, Cancellation));

        Assert.Equal([new TakenPartition(Two, false), new TakenPartition(Three, false)], applied.Owned);
    }

    [Fact]
    public async Task A_silo_that_leaves_gives_everything()
    {
        var silo = await JoinBesideAsync();
        await ChangeAsync(silo, [One, Two]);

        await silo.Store.LeaveAsync(silo.Id, Cancellation);

        Assert.Empty(await silo.Store.ReadOwnersAsync(Cancellation));
    }

    [Fact]
    public async Task Silos_are_listed_until_they_are_dead_with_what_is_known_of_them()
    {
        var silo = await JoinBesideAsync("127.0.0.1:9@4");
        await ChangeAsync(silo, [One]);

        Assert.Equal(
            [new LivingSilo(silo.Id, "127.0.0.1:9@4", silo.Round, HasSession: true, IsLeaving: false)],
            await silo.Store.ReadSilosAsync(Cancellation));
        Assert.True(await silo.Store.BeginLeaveAsync(silo.Id, Cancellation));
        Assert.True((await silo.Store.ReadSilosAsync(Cancellation)).Single().IsLeaving);
        // A silo that is leaving commits and gives.
        await ChangeAsync(silo, [], [One]);

        await silo.Store.DeclareDeadAsync(silo.Id, Cancellation);
        Assert.Empty(await silo.Store.ReadSilosAsync(Cancellation));
        Assert.False(await silo.Store.BeginLeaveAsync(silo.Id, Cancellation));
    }

    [Fact]
    public async Task The_only_silo_of_a_database_is_not_cordoned()
    {
        var silo = await JoinBesideAsync();

        Assert.Equal(CordonOutcome.LastSilo, await silo.Store.CordonAsync(silo.Id, true, Cancellation));
        Assert.False((await silo.Store.ReadSilosAsync(Cancellation)).Single().IsCordoned);
        Assert.Equal(CordonOutcome.Noted, await silo.Store.CordonAsync(silo.Id, false, Cancellation));
        Assert.Equal(CordonOutcome.NotFound, await silo.Store.CordonAsync(new SiloId(4711), true, Cancellation));
        await silo.Store.DeclareDeadAsync(silo.Id, Cancellation);
        Assert.Equal(CordonOutcome.NotFound, await silo.Store.CordonAsync(silo.Id, false, Cancellation));
    }

    [Fact]
    public async Task A_silo_whose_process_has_ended_has_no_session()
    {
        var first = await JoinBesideAsync("127.0.0.1:9@4");
        await Harness.CrashAsync(first.Store);
        var second = await JoinBesideAsync("127.0.0.1:8@5");

        // Right after the start of a server nothing is certain. Where one process holds the database, the join of the
        // next one has declared it dead.
        await Tributary.Tests.Shared.Waiting.UntilAsync(async () =>
            (await second.Store.ReadSilosAsync(Cancellation)).All(row => row.Silo != first.Id || !row.HasSession));
        Assert.True((await second.Store.ReadSilosAsync(Cancellation)).Single(row => row.Silo == second.Id).HasSession);
    }

    [Fact]
    public async Task A_silo_that_is_declared_dead_is_fenced_and_what_it_had_is_free()
    {
        var first = await JoinBesideAsync("http://127.0.0.1:9");
        await ChangeAsync(first, [One, Two]);

        Assert.True(await first.Store.DeclareDeadAsync(first.Id, Cancellation));
        Assert.False(await first.Store.DeclareDeadAsync(first.Id, Cancellation));
        Assert.False(await first.Store.DeclareDeadAsync(new SiloId(4711), Cancellation));

        Assert.All(await first.Store.ReadOwnersAsync(Cancellation), owner => Assert.True(owner.IsDead));
        Assert.IsType<CommitOutcome.Fenced>(await first.TryCommitAsync(round => round.Writes.Add(One)));
        Assert.IsType<RoundResolution.Dead>(await first.Store.ResolveAsync(first.Id, first.Round + 1, Cancellation));
        await Harness.CrashAsync(first.Store);
        var second = await JoinBesideAsync();
        Assert.Equal(
            [new TakenPartition(One, true), new TakenPartition(Three, false)],
            (await ChangeAsync(second, [One, Three])).OrderBy(taken => taken.Partition.Value));
        // Told again, and after a give and another take forgotten.
        Assert.Equal([new TakenPartition(One, true)], await ChangeAsync(second, [One]));
        await ChangeAsync(second, [], [One]);
        Assert.Equal([new TakenPartition(One, false)], await ChangeAsync(second, [One]));
    }

    [Fact]
    public async Task Reminders_are_read_by_partition_and_starts_noted_by_their_owner_alone()
    {
        var silo = await JoinBesideAsync();
        await ChangeAsync(silo, [One, Two]);
        ReminderWrite In(PartitionId partition, string key) =>
            Reminder(key, "r", TestSilo.Noon, activity: "fetch") with { Partition = partition };
        await silo.CommitAsync(round =>
        {
            round.Writes.AddRange([One, Two]);
            round.Reminders.AddRange([In(One, "a"), In(Two, "b"), In(One, "c")]);
        });

        var rows = await silo.Store.ReadRemindersAsync(
            [One], ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10, Cancellation);
        Assert.Equal(["a", "c"], rows.Select(row => row.Grain.Key));
        Assert.Empty(await silo.Store.ReadRemindersAsync(
            [Three], ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10, Cancellation));

        await ChangeAsync(silo, [], [One]);
        Assert.True(await silo.Store.NoteStartsAsync(silo.Id, [new StartNote(rows[0], 2, false)], Cancellation));
        var after = await silo.Store.ReadRemindersAsync(
            [One], ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10, Cancellation);
        Assert.All(after, row => Assert.Equal(0, row.StartsCount));
    }

    private static readonly Comparer<PartitionId> ById =
        Comparer<PartitionId>.Create((x, y) => x.Value.CompareTo(y.Value));
}
