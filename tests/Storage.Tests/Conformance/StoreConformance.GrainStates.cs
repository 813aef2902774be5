using Tributary.Storage.GrainStates;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>States and reminders of ordinary grains.</summary>
public abstract partial class StoreConformance
{
    private static GrainStateKey Key(string grain, string name = "state") => new("cart/" + grain, name);

    [Fact]
    public async Task A_state_is_what_its_last_write_left_with_the_version_of_that_write()
    {
        var states = (await OpenedAsync()).GrainStates;
        var first = Write("a", null, "one");
        var second = Write("a", first.Version, "two") with { Format = GrainStateFormat.Json };

        Assert.Equal([null], await states.ReadAsync([first.Key], Cancellation));
        Assert.Equal([new(true, first.Version)], await states.WriteAsync([first], false, Cancellation));
        Assert.Equal([new(true, second.Version)], await states.WriteAsync([second], false, Cancellation));

        var read = await states.ReadAsync([Key("none"), first.Key, first.Key], Cancellation);
        Assert.Null(read[0]);
        Assert.Equal(second.Version, read[1]!.Version);
        Assert.Equal(GrainStateFormat.Json, read[1]!.Format);
        Assert.Equal("two"u8.ToArray(), read[2]!.State.ToArray());
    }

    [Fact]
    public async Task A_write_of_another_version_is_not_written_and_hinders_no_other()
    {
        var states = (await OpenedAsync()).GrainStates;
        var stored = Write("a", null, "one");
        await states.WriteAsync([stored], false, Cancellation);

        var outcomes = await states.WriteAsync(
            [
                Write("b", null, "new"), Write("a", null, "as if new"), Write("c", Guid.NewGuid(), "as if stored"),
                Write("d", Guid.NewGuid(), null), Write("e", null, null),
            ],
            false, Cancellation);

        Assert.Equal([true, false, false, false, true], outcomes.Select(static one => one.IsWritten));
        Assert.Equal(stored.Version, outcomes[1].Stored);
        Assert.Null(outcomes[2].Stored);
        var read = await states.ReadAsync([Key("a"), Key("b"), Key("c")], Cancellation);
        Assert.Equal("one"u8.ToArray(), read[0]!.State.ToArray());
        Assert.Equal("new"u8.ToArray(), read[1]!.State.ToArray());
        Assert.Null(read[2]);
    }

    [Fact]
    public async Task A_write_that_is_stored_already_counts_as_written()
    {
        var states = (await OpenedAsync()).GrainStates;
        var made = Write("a", null, "one");
        var changed = Write("a", made.Version, "two");
        var removed = Write("a", changed.Version, null);
        foreach (var write in new[] { made, changed, removed })
        {
            Assert.True((await states.WriteAsync([write], false, Cancellation))[0].IsWritten);
            Assert.True((await states.WriteAsync([write], true, Cancellation))[0].IsWritten);
        }

        // Not a repeat: somebody else removed it.
        Assert.False((await states.WriteAsync([removed], false, Cancellation))[0].IsWritten);
        // A repeat whose state was changed meanwhile has lost.
        var other = Write("a", null, "of another");
        await states.WriteAsync([other], false, Cancellation);
        Assert.Equal([new(false, other.Version)], await states.WriteAsync([changed], true, Cancellation));
    }

    [Fact]
    public async Task A_removed_state_is_gone_and_can_be_made_anew()
    {
        var states = (await OpenedAsync()).GrainStates;
        var made = Write("a", null, "");
        var named = made with { Key = Key("a", "other"), Version = Guid.NewGuid() };
        await states.WriteAsync([made, named], false, Cancellation);

        Assert.Equal(
            [new(true, null)], await states.WriteAsync([Write("a", made.Version, null)], false, Cancellation));
        var read = await states.ReadAsync([made.Key, named.Key], Cancellation);
        Assert.Null(read[0]);
        Assert.Empty(read[1]!.State.ToArray());
        Assert.True((await states.WriteAsync([Write("a", null, "anew")], false, Cancellation))[0].IsWritten);
    }

    [Fact]
    public async Task Of_many_writers_of_one_version_exactly_one_wins()
    {
        var states = (await OpenedAsync()).GrainStates;
        const int GrainsCount = 20;
        const int WritersCount = 8;
        var versions = new Guid?[GrainsCount];
        var random = new Random(TestRun.Seed);
        for (var round = 0; round < 5; round++)
        {
            var tries = Enumerable.Range(0, WritersCount)
                .Select(_ =>
                {
                    var order = Enumerable.Range(0, GrainsCount).ToArray();
                    random.Shuffle(order);
                    return order.Select(i => (i, Write($"{i}", versions[i], "x"))).ToArray();
                })
                .ToArray();
            var outcomes = await Task.WhenAll(tries.Select(async writes => (
                Writes: writes,
                Outcomes: await states.WriteAsync([.. writes.Select(static one => one.Item2)], false, Cancellation))));
            var won = outcomes
                .SelectMany(static one => one.Writes.Zip(one.Outcomes))
                .Where(static one => one.Second.IsWritten).Select(static one => one.First).ToList();
            Assert.Equal(Enumerable.Range(0, GrainsCount), won.Select(static one => one.i).Order());
            foreach (var (i, write) in won)
                versions[i] = write.Version;
        }

        var read = await states.ReadAsync(
            [.. Enumerable.Range(0, GrainsCount).Select(static i => Key($"{i}"))], Cancellation);
        Assert.Equal(versions, read.Select(static one => one?.Version));
    }

    [Fact]
    public async Task Two_writes_of_one_key_in_a_batch_are_refused()
    {
        var states = (await OpenedAsync()).GrainStates;

        var error = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await states.WriteAsync([Write("a", null, "1"), Write("a", null, "2")], false, Cancellation));

        Assert.Contains("cart/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reminders_of_ordinary_grains_are_read_by_grain_and_by_ranges_of_hashes()
    {
        var table = (await OpenedAsync()).GrainReminders;
        GrainReminder[] all =
        [
            Reminder("a", "x", 10), Reminder("a", "y", 10), Reminder("b", "x", 20),
            Reminder("c", "x", uint.MaxValue), Reminder("d", "x", 0),
        ];
        foreach (var one in all)
            await table.UpsertAsync(one, Cancellation);

        Assert.Equal(all[..2], Sort(await table.ReadAsync("cart/a", Cancellation)));
        Assert.Equal(all[2], await table.FindAsync("cart/b", "x", Cancellation));
        Assert.Null(await table.FindAsync("cart/b", "y", Cancellation));
        Assert.Equal([all[2]], await table.ReadAsync(10, 20, Cancellation));
        Assert.Equal(all[..3], Sort(await table.ReadAsync(9, 20, Cancellation)));
        Assert.Equal(all[3..], Sort(await table.ReadAsync(20, 0, Cancellation)));
        Assert.Equal(all, Sort(await table.ReadAsync(0, 0, Cancellation)));
    }

    [Fact]
    public async Task A_reminder_of_an_ordinary_grain_is_replaced_and_removed_only_in_its_version()
    {
        var table = (await OpenedAsync()).GrainReminders;
        var first = Reminder("a", "x", 10);
        var second = first with { Version = Guid.NewGuid(), Period = TimeSpan.FromDays(2) };
        await table.UpsertAsync(first, Cancellation);
        await table.UpsertAsync(second, Cancellation);

        Assert.False(await table.RemoveAsync(first.Grain, "x", first.Version, Cancellation));
        Assert.Equal([second], await table.ReadAsync(first.Grain, Cancellation));
        Assert.True(await table.RemoveAsync(first.Grain, "x", second.Version, Cancellation));
        Assert.False(await table.RemoveAsync(first.Grain, "x", second.Version, Cancellation));
        await table.UpsertAsync(first, Cancellation);
        await table.ClearAsync(Cancellation);
        Assert.Empty(await table.ReadAsync(0, 0, Cancellation));
    }

    private async Task<IStore> OpenedAsync()
    {
        var store = NewStore();
        await store.OpenAsync(Cancellation);
        return store;
    }

    private static GrainStateWrite Write(string grain, Guid? expected, string? state) => new(
        Key(grain), expected, Guid.NewGuid(), GrainStateFormat.Orleans,
        state is null ? (ReadOnlyMemory<byte>?)null : System.Text.Encoding.UTF8.GetBytes(state));

    private static GrainReminder Reminder(string grain, string name, uint hash) => new(
        "cart/" + grain, name, hash, new DateTime(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc).AddTicks(1),
        TimeSpan.FromMinutes(1), Guid.NewGuid());

    private static IEnumerable<GrainReminder> Sort(IReadOnlyList<GrainReminder> reminders) =>
        reminders.OrderBy(static one => one.Grain, StringComparer.Ordinal)
            .ThenBy(static one => one.Name, StringComparer.Ordinal);
}
