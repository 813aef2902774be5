using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Raised_failures_have_an_order_of_their_own_first_those_of_new_messages(int count)
    {
        var silo = await JoinAsync();
        var old = Enumerable
            .Range(0, count)
            .Select(i => With(TestSilo.Message($"old {i}", sequence: i), Waiting))
            .ToList();
        var before = await silo.CommitAsync([.. old]);
        Assert.Empty((await silo.Store.Failures.ReadRaisedAsync(Position.Start, 10, Cancellation)).Failures);
        var fresh = Enumerable
            .Range(0, count)
            .Select(i =>
                With(
                    TestSilo.Message($"new {i}", sequence: i),
                    Failed("q", MessageStatus.Parked, isRaised: false),
                    Failed("p", MessageStatus.Parked, $"new {i}")))
            .ToList();
        var at = TestSilo.Noon.AddDays(1);

        var transaction = await silo.CommitAsync(round =>
        {
            round.Messages.AddRange(fresh);
            round.Parts.AddRange(
                old.Select(
                    (message, i) =>
                        new PartsRow(
                            Reference(message, before, i),
                            $"old {i}",
                            [
                                Failed("p", MessageStatus.Retrying, $"old {i}"),
                                Failed("q", MessageStatus.Parked, $"old {i} q"),
                            ],
                            at)));
        });

        var expected = fresh
            .Select(
                (message, i) => (Reference(message, transaction, i),
                    $"new {i}", $"new {i}", message.Message.ReceivedAt))
            .Concat(
                old.SelectMany(
                    (message, i) =>
                        new[] { $"old {i}", $"old {i} q" }.Select(error =>
                            (Reference(message, before, i), $"old {i}", error, at))))
            .ToList();
        var (read, after) = (new List<RaisedFailure>(), Position.Start);
        while (true)
        {
            var slice = await silo.Store.Failures.ReadRaisedAsync(after, 7, Cancellation);
            Assert.True(slice.Failures.Count <= 7 && slice.Horizon > Position.Of(transaction, 0));
            read.AddRange(slice.Failures);
            if (slice.IsComplete)
                break;
            after = slice.Failures[^1].Position;
        }

        Assert.Equal(expected, read.Select(row => (row.Message, row.Item, row.Part.Error!, row.At)));
        Assert.Equal(
            Enumerable.Range(0, 3 * count).Select(i => Position.Of(transaction, i)), read.Select(row => row.Position));
        Assert.Equal(Failed("p", MessageStatus.Retrying, "old 0", isRaised: false), read[count].Part);
        var end = await silo.Store.Failures.ReadRaisedAsync(read[^1].Position, 7, Cancellation);
        Assert.Equal((0, true), (end.Failures.Count, end.IsComplete));
    }

    [Fact]
    public async Task What_was_raised_and_overtaken_in_one_round_is_told_and_is_not_what_is_left()
    {
        var silo = await JoinAsync();
        var old = With(TestSilo.Message("old", sequence: 1), Waiting);
        var reference = Reference(old, await silo.CommitAsync(old), 0);

        await silo.CommitAsync(round =>
        {
            round.Superseded.Add(
                new PartsRow(reference, "old", [Failed("p", MessageStatus.Parked, "overtaken")], TestSilo.Noon));
            round.Parts.Add(new PartsRow(reference, "old", [Failed("q", MessageStatus.Parked, "left")], TestSilo.Noon));
        });

        var slice = await silo.Store.Failures.ReadRaisedAsync(Position.Start, 7, Cancellation);
        Assert.Equal(["overtaken", "left"], slice.Failures.Select(row => row.Part.Error!));
        var page = await silo.Store.Failures.ReadPartsAsync(new PartFilter(), null, 10, Cancellation);
        Assert.Equal(["left"], page.Parts.Select(row => row.Part.Error!));
    }

    [Fact]
    public async Task Outcomes_are_added_to_those_of_earlier_rounds()
    {
        var silo = await JoinAsync();
        var transaction = await silo.CommitAsync([
            .. Enumerable.Range(0, 700).Select(i => TestSilo.Message(sequence: i)),
        ]);
        Position At(int i) => Position.Of(transaction, i);

        await silo.CommitAsync(round =>
        {
            round.Outcomes.Add(new OutcomeRow(At(1), new Outcome(3, ["3/0/[\"ä😀\"]", ""])));
            for (var i = 0; i < 500; i++)
                round.Outcomes.Add(new OutcomeRow(At(i), new Outcome(i, [$"key {i}"])));
        });
        await silo.CommitAsync(round => round.Outcomes.Add(new OutcomeRow(At(1), new Outcome(int.MaxValue, []))));

        var found = await silo.Store.Aggregates
            .ReadOutcomesAsync([.. Enumerable.Range(0, 700).Select(At), At(1), new Position(7)], Cancellation);
        Assert.Equal(500, found.Count);
        Assert.Equal(
            [(3, "3/0/[\"ä😀\"],"), (1, "key 1"), (int.MaxValue, "")],
            found[At(1)].Select(outcome => (outcome.Generation, string.Join(',', outcome.Aggregates))));
        Assert.Equal(
            (499, "key 499"), (found[At(499)].Single().Generation, found[At(499)].Single().Aggregates.Single()));
        Assert.IsType<CommitOutcome.Rejected>(
            await silo.TryCommitAsync(round => round.Outcomes.Add(new OutcomeRow(At(1), new Outcome(1, ["\ud800"])))));
    }

    [Fact]
    public async Task A_stored_message_is_found_by_its_id_as_soon_as_its_round_is_durable()
    {
        var silo = await TestSilo.JoinAsync(NewStore(), waitsForHorizon: false);
        var sent = TestSilo.Message("somebody");

        await silo.CommitAsync(sent);

        var found = await silo.Store.Messages.FindStoredAsync(sent.Message.Id, Cancellation);
        Assert.Equal(("somebody", sent.Message.Id), (found!.Item, found.Id));
        Assert.Null(await silo.Store.Messages.FindStoredAsync(new MessageId(Guid.CreateVersion7()), Cancellation));
    }
}
