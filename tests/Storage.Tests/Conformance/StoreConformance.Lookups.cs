using System.Text;
using Tributary.Storage.Failures;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Messages_are_found_by_many_ids_at_once()
    {
        var silo = await JoinAsync();
        var sent = await FillAsync(silo, 1200);
        var ids = sent.Select(message => message.Message.Id).ToList();

        var found = await silo.Store.Messages
            .FindMessagesAsync([.. ids, ids[3], new MessageId(Guid.CreateVersion7())], Cancellation);

        Assert.Equal(1200, found.Count);
        for (var i = 0; i < ids.Count; i++)
            Assert.Equal(
                (i, ids[i], $"source {i % 3}"), (found[ids[i]].ItemSequence, found[ids[i]].Id, found[ids[i]].Source));
        Assert.Empty(await silo.Store.Messages.FindMessagesAsync([], Cancellation));
    }

    [Fact]
    public async Task Items_are_found_by_many_ids_at_once()
    {
        var silo = await JoinAsync();
        var ids = Enumerable.Range(0, 1200).Select(i => $"item {i}").ToList();
        await silo.CommitAsync(round =>
            round.States.AddRange(ids.Select(id => TestSilo.Item(id, "state of " + id, true))));

        var found = await silo.Store.Items
            .FindItemsAsync([.. ids, ids[0], "nobody", "nul\0", "half \ud800"], Cancellation);

        Assert.Equal(ids.Order(), found.Keys.Order());
        Assert.All(found, item =>
            Assert.Equal(
                (1, "state of " + item.Key), (item.Value.Version, Encoding.UTF8.GetString(item.Value.State.Span))));
    }

    [Fact]
    public async Task Items_come_in_the_order_of_their_bytes_in_pages_and_by_prefix()
    {
        var silo = await JoinAsync();
        // U+FF5E sorts before an emoji as UTF-8 and after it as UTF-16; upper case sorts before lower case as bytes.
        string[] ids =
        [
            "",
            "B",
            "a",
            "a\ud7ff",
            "a\ud7ff!",
            "a\ue000",
            "a\uff5e",
            "a😀",
            "a\U0010FFFF",
            "a\U0010FFFFz",
            "b",
            "ä",
            "\U0010FFFF",
        ];
        await silo.CommitAsync(round =>
        {
            round.States.AddRange(ids.Reverse().Select(id => TestSilo.Item(id, id, true)));
            round.States.Add(new StateRow(StateTable.Grains, new RoundGrainId("other", "a"), new PartitionId(1), 1,
                new byte[] { 1 }, true));
        });

        async Task<List<string>> Read(string? after, string? prefix, int limit = 100) =>
            (await silo.Store.Items.ReadItemsAsync(after, prefix, limit, Cancellation))
                .Select(item => item.Key).ToList();

        Assert.Equal(ids, await Read(null, null));
        Assert.Equal(ids[..4], await Read(null, null, 4));
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal(ids[(i + 1)..], await Read(ids[i], null));
        foreach (var prefix in ids.Append("zz"))
        {
            var expected = ids.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            Assert.Equal(expected, await Read(null, prefix));
            Assert.Equal(expected.Skip(1), await Read(prefix, prefix));
            Assert.Equal(expected.Where(id => id.Length > 0), await Read("", prefix));
        }

        Assert.Empty(await Read("b", "a"));
        Assert.Empty(await Read(null, "a\0"));
        Assert.Empty(await Read(null, "\ud83d"));
        Assert.Equal(["\U0010FFFF"], await Read("\ud83d", null));
        Assert.Equal(
            "a😀",
            Encoding.UTF8.GetString(
                (await silo.Store.Items.ReadItemsAsync("a\uff5e", "a", 1, Cancellation))[0].Value.State.Span));
    }

    [Fact]
    public async Task Failures_come_newest_first_in_pages()
    {
        var silo = await JoinAsync();
        var failures = Enumerable.Range(0, 7).Select(i => new FailureRow(
            Guid.CreateVersion7(TestSilo.Noon.AddMinutes(i)), TestSilo.Noon.AddTicks(i), new PartitionId(i),
            new RoundGrainId("item", $"key {i}"), "Do",
            Encoding.UTF8.GetBytes($"[{i}]"), $"error {i}")).ToList();
        await silo.CommitAsync(round => round.Failures.AddRange(failures));

        var first = await silo.Store.Failures.ReadFailuresAsync(null, 3, Cancellation);
        var rest = await silo.Store.Failures.ReadFailuresAsync(first[^1].Id, 100, Cancellation);

        Assert.Equal(3, first.Count);
        var read = first.Concat(rest).Reverse().ToList();
        Assert.Equal(
            failures.Select(row => row with { Arguments = default }),
            read.Select(row => row with { Arguments = default }));
        Assert.Equal(failures.Select(row => row.Arguments.ToArray()), read.Select(row => row.Arguments.ToArray()));
        Assert.Empty(await silo.Store.Failures.ReadFailuresAsync(failures[0].Id, 100, Cancellation));
    }

    [Fact]
    public async Task Pending_reminders_come_in_the_order_of_their_due_times_however_late_they_are()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
            round.Reminders.AddRange([
                Reminder("c", "late", TestSilo.Noon.AddYears(1000)),
                Reminder("b", "second", TestSilo.Noon),
                Reminder("a", "first", TestSilo.Noon, activity: "fetch"),
            ]));

        var start = new ReminderMark(DateTimeOffset.MinValue, new RoundGrainId("", ""), "");
        var first = await silo.Store.Reminders.ReadPendingRemindersAsync(start, 2, Cancellation);
        var rest = await silo.Store.Reminders.ReadPendingRemindersAsync(first[^1].Mark, 2, Cancellation);

        Assert.Equal(["first", "second", "late"], first.Concat(rest).Select(row => row.Name));
        Assert.Equal(("fetch", null), (first[0].Activity, first[1].Activity));
        var forged = new ReminderMark(TestSilo.Noon, new RoundGrainId("item\0", "\ud800"), "");
        Assert.Equal(
            "late", Assert.Single(await silo.Store.Reminders.ReadPendingRemindersAsync(forged, 2, Cancellation)).Name);
    }
}
