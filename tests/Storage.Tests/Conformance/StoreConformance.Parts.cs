using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Ledger;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private static readonly MessagePart Waiting = new("", MessageStatus.Processing, ProcessingStep.Query);

    private static MessagePart Failed(
        string plugin, MessageStatus status, string error = "store_down: The store is down.", bool isRaised = true) =>
        new(
            plugin,
            status,
            ProcessingStep.Execute,
            3,
            status == MessageStatus.Retrying ? TestSilo.Noon.AddHours(5).AddTicks(7) : null,
            error)
        {
            IsRaised = isRaised,
        };

    private static AppendedMessage With(AppendedMessage appended, params MessagePart[] parts) =>
        new(appended.Message, appended.ItemSequence, appended.Generations, parts);

    private static MessageReference Reference(AppendedMessage appended, long transaction, int index) =>
        new(
            appended.Message.Id, Position.Of(transaction, index), appended.Message.Source, appended.Message.ReceivedAt,
            appended.ItemSequence);

    private static LedgerDelta Delta(int accepted, params (MessageStatus Status, int By)[] moves)
    {
        long By(MessageStatus status) => moves.Where(move => move.Status == status).Sum(move => move.By);
        return new LedgerDelta(
            "source",
            TestSilo.Noon,
            accepted,
            By(MessageStatus.Completed),
            By(MessageStatus.Skipped),
            By(MessageStatus.Processing),
            By(MessageStatus.Retrying),
            By(MessageStatus.Parked));
    }

    private async Task<IReadOnlyList<StoredPart>> PartsAsync(TestSilo silo, PartFilter? filter = null)
    {
        var page = await silo.Store.Failures.ReadPartsAsync(filter ?? new PartFilter(), null, Many, Cancellation);
        Assert.True(page.IsComplete);
        return page.Parts;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(700)]
    public async Task Parts_of_new_messages_are_kept_until_a_later_round_replaces_them(int count)
    {
        var silo = await JoinAsync();
        var sent = Enumerable
            .Range(0, count)
            .Select(i => With(TestSilo.Message($"item {i}", sequence: i + 1), Waiting))
            .ToList();
        var transaction = await silo.CommitAsync(round =>
        {
            round.Messages.AddRange(sent);
            round.Ledger.Add(Delta(count, (MessageStatus.Processing, count)));
        });

        var first = await PartsAsync(silo);
        Assert.Equal(
            sent.Select(
                (message, i) =>
                    new StoredPart(Reference(message, transaction, i), $"item {i}", Waiting, message.Message.ReceivedAt)
            ),
            first);
        Assert.Equal(
            new LedgerCounts(count, 0, 0, count, 0, 0),
            (await silo.Store.Ledger.ReadLedgerAsync(true, Cancellation)).Recounted);

        var at = TestSilo.Noon.AddHours(1).AddTicks(3);
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                IReadOnlyList<MessagePart> left =
                    i == 0 ? [Failed("sizes", MessageStatus.Parked), Failed("exif", MessageStatus.Retrying)] : [];
                round.Parts.Add(new PartsRow(Reference(sent[i], transaction, i), $"item {i}", left, at));
            }

            round.Ledger.Add(
                Delta(
                    0, (MessageStatus.Processing, -count), (MessageStatus.Completed, count - 1),
                    (MessageStatus.Retrying, 1)));
        });

        var left = await PartsAsync(silo);
        Assert.Equal(
            [
                Failed("exif", MessageStatus.Retrying, isRaised: false),
                Failed("sizes", MessageStatus.Parked, isRaised: false),
            ],
            left.Select(row => row.Part));
        Assert.All(left, row =>
            Assert.Equal((Reference(sent[0], transaction, 0), "item 0", at), (row.Message, row.Item, row.ChangedAt)));
        var report = await silo.Store.Ledger.ReadLedgerAsync(true, Cancellation);
        Assert.Equal(new LedgerCounts(count, count - 1, 0, 0, 1, 0), report.Total);
        Assert.Equal(report.Total, report.Recounted);
        var unfinished = await silo.Store.Failures
            .FindPartsAsync([.. sent.Select((_, i) => Position.Of(transaction, i)), new Position(1)], Cancellation);
        Assert.Equal(Position.Of(transaction, 0), Assert.Single(unfinished).Key);
        Assert.Equal(left, unfinished.Values.Single());
    }

    [Fact]
    public async Task Replaced_parts_may_be_many_and_stay_in_order()
    {
        var silo = await JoinAsync();
        var sent = Enumerable.Range(0, 600).Select(i => With(TestSilo.Message(sequence: i), Waiting)).ToList();
        var transaction = await silo.CommitAsync([.. sent]);
        var (next, parts) = (TestSilo.Message(sequence: 601), new[] { "b", "", "a", "ä", "B" });

        await silo.CommitAsync(round =>
        {
            round.Messages.Add(With(next, Waiting));
            round.Parts.AddRange(
                sent.Select(
                    (message, i) =>
                        new PartsRow(
                            Reference(message, transaction, i),
                            "item",
                            [.. parts.Select(plugin => Failed(plugin, MessageStatus.Parked, $"{plugin}{i}"))],
                            TestSilo.Noon)));
        });

        var found = await PartsAsync(silo);
        string[] order = ["", "B", "a", "b", "ä"];
        Assert.Equal(
            Enumerable
                .Range(0, 600)
                .SelectMany(i =>
                    order.Select(plugin => (Position.Of(transaction, i), plugin, (string?)$"{plugin}{i}"))),
            found.SkipLast(1).Select(row => (row.Message.Position, row.Part.Plugin, row.Part.Error)));
        Assert.Equal((next.Message.Id, MessageStatus.Processing), (found[^1].Message.Id, found[^1].Part.Status));
    }

    [Fact]
    public async Task A_message_counts_once_with_the_first_status_of_its_parts()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(
            With(TestSilo.Message(), Failed("a", MessageStatus.Parked), Failed("b", MessageStatus.Processing)),
            With(TestSilo.Message(), Failed("a", MessageStatus.Parked), Failed("b", MessageStatus.Retrying)),
            With(TestSilo.Message(), Failed("a", MessageStatus.Skipped), Failed("b", MessageStatus.Parked)),
            With(TestSilo.Message(), new MessagePart("", MessageStatus.Skipped, ProcessingStep.Execute)),
            TestSilo.Message());

        Assert.Equal(
            new LedgerCounts(5, 1, 1, 1, 1, 1),
            (await silo.Store.Ledger.ReadLedgerAsync(true, Cancellation)).Recounted);
    }

    [Fact]
    public async Task Parts_are_found_by_every_condition_of_a_filter()
    {
        var silo = await JoinAsync();
        MessageStatus[] statuses =
        [
            MessageStatus.Processing,
            MessageStatus.Retrying,
            MessageStatus.Parked,
            MessageStatus.Skipped,
        ];
        var sent = Enumerable
            .Range(0, 120)
            .Select(i =>
                With(
                    At(
                        TestSilo.Message($"item {i % 7}", source: $"source {i % 3}", sequence: i),
                        TestSilo.Noon.AddMinutes(i)),
                    new MessagePart(
                        $"plugin {i % 5}", statuses[i % 4], (ProcessingStep)(1 + i % 2),
                        Error: i % 6 == 0 ? null : $"Error {i} ä")))
            .ToList();
        await silo.CommitAsync([.. sent]);
        List<(PartFilter Filter, Func<int, bool> Holds)> cases =
        [
            (new PartFilter(), i => true),
            (new PartFilter(Statuses: [MessageStatus.Processing]), i => i % 4 == 0),
            (new PartFilter(Statuses: [MessageStatus.Parked]), i => i % 4 == 2),
            (new PartFilter(Statuses: [MessageStatus.Skipped, MessageStatus.Retrying]), i => i % 4 is 1 or 3),
            (new PartFilter(Statuses: [MessageStatus.Parked, MessageStatus.Processing]), i => i % 4 is 0 or 2),
            (new PartFilter(Statuses: [MessageStatus.Completed]), i => false),
            (new PartFilter(Statuses: []), i => false),
            (new PartFilter(Sources: ["source 1", "\0", "\ud800"]), i => i % 3 == 1),
            (new PartFilter(Items: ["item 1", "item 2"]), i => i % 7 is 1 or 2),
            (new PartFilter(Plugins: ["plugin 4"]), i => i % 5 == 4),
            (new PartFilter(Steps: [ProcessingStep.Query]), i => i % 2 == 1),
            (new PartFilter(From: TestSilo.Noon.AddMinutes(10), Until: TestSilo.Noon.AddMinutes(20)), i =>
                i is >= 10 and < 20),
            (new PartFilter(ErrorContains: "rror 11"), i =>
                i % 6 != 0 && $"{i}".StartsWith("11", StringComparison.Ordinal)),
            (new PartFilter(ErrorContains: "ERROR"), i => false),
            (new PartFilter([MessageStatus.Retrying], ["source 2"], Plugins: ["plugin 0"]), i =>
                i % 4 == 1 && i % 3 == 2 && i % 5 == 0),
        ];

        foreach (var (filter, holds) in cases)
        {
            var expected = Enumerable.Range(0, sent.Count).Where(holds).Select(i => (long)i).ToList();
            Assert.Equal(expected, (await PartsAsync(silo, filter)).Select(row => row.Message.ItemSequence));
            var (paged, after) = (new List<long>(), default(PartMark?));
            while (true)
            {
                var page = await silo.Store.Failures.ReadPartsAsync(filter, after, 2, Cancellation);
                Assert.True(page.Parts.Count <= 2);
                paged.AddRange(page.Parts.Select(row => row.Message.ItemSequence));
                after = page.ScannedTo ?? after;
                if (page.IsComplete)
                    break;
            }

            Assert.Equal(expected, paged);
        }
    }

    [Fact]
    public async Task A_search_for_parts_looks_at_a_bounded_number_and_goes_on()
    {
        var silo = await JoinAsync();
        for (var round = 0; round < 3; round++)
            await silo.CommitAsync([
                .. Enumerable.Range(0, 6_000).Select(i => With(TestSilo.Message(sequence: i), Waiting)),
            ]);
        await silo.CommitAsync(With(TestSilo.Message("wanted"), Waiting));

        var filter = new PartFilter(Items: ["wanted"]);
        var first = await silo.Store.Failures.ReadPartsAsync(filter, null, 10, Cancellation);
        var rest = await silo.Store.Failures.ReadPartsAsync(filter, first.ScannedTo, 10, Cancellation);

        Assert.Equal((0, false), (first.Parts.Count, first.IsComplete));
        Assert.Equal(("wanted", true), (Assert.Single(rest.Parts).Item, rest.IsComplete));
    }

    [Fact]
    public async Task Errors_that_no_store_can_hold_are_kept_as_far_as_one_can()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(
            With(
                TestSilo.Message(), Failed("a", MessageStatus.Parked, "nul \0 half \ud800 " + new string('x', 100_000)))
        );

        var error = Assert.Single(await PartsAsync(silo)).Part.Error!;

        Assert.StartsWith("nul \uFFFD half \uFFFD xxx", error, StringComparison.Ordinal);
        Assert.Equal(4_000, error.Length);
        Assert.Equal(
            error,
            Assert
                .Single((await silo.Store.Failures.ReadRaisedAsync(Position.Start, 10, Cancellation)).Failures)
                .Part.Error);
    }

    [Theory]
    [InlineData("nul U+0000", MessageStatus.Parked, ProcessingStep.Query)]
    [InlineData("half U+D800", MessageStatus.Parked, ProcessingStep.Query)]
    [InlineData("plugin", MessageStatus.Completed, ProcessingStep.Query)]
    [InlineData("plugin", (MessageStatus)9, ProcessingStep.Query)]
    [InlineData("plugin", MessageStatus.Parked, (ProcessingStep)0)]
    public async Task A_part_that_no_table_takes_is_refused(string plugin, MessageStatus status, ProcessingStep step)
    {
        var silo = await JoinAsync();
        // Such texts would not survive on their way from the attribute.
        plugin = plugin
            .Replace("U+0000", "\0", StringComparison.Ordinal)
            .Replace("U+D800", "\ud800", StringComparison.Ordinal);
        var part = new MessagePart(plugin, status, step);
        var transaction = await silo.CommitAsync(TestSilo.Message());
        var stored = (await silo.Store.Messages.ReadAfterAsync(Position.Start, 1, 1, Cancellation)).Messages[0];
        var reference = new MessageReference(
            stored.Id, Position.Of(transaction, 0), stored.Source, stored.ReceivedAt, 1);

        Assert.IsType<CommitOutcome.Rejected>(
            await silo.TryCommitAsync(round => round.Messages.Add(With(TestSilo.Message(), part))));
        Assert.IsType<CommitOutcome.Rejected>(
            await silo.TryCommitAsync(round => round.Parts.Add(new PartsRow(reference,
                "item", [part], TestSilo.Noon))));
        await silo.CommitAsync(TestSilo.Message());
    }
}
