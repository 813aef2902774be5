using Tributary.Messages;
using Tributary.Rounds.Commits;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What several turns of one round ask for messages that are stored already.</summary>
public sealed class RoundTests
{
    private static readonly DateTimeOffset At = new(2026, 5, 4, 10, 59, 0, TimeSpan.Zero);
    private readonly Round round = new(new SiloId(1), 1);

    [Fact]
    public void The_last_parts_hold_and_the_ledger_follows_every_step()
    {
        round.SetParts(Message(1), "item", MessageStatus.Processing, [Part(MessageStatus.Retrying)], At);
        round.SetParts(Message(1), "item", MessageStatus.Retrying, [Part(MessageStatus.Parked)], At);
        round.SetParts(Message(2), "item", MessageStatus.Parked, [], At);

        Assert.Equal(
            [MessageStatus.Parked],
            round.Commit.Parts.Single(row => row.Message == Message(1)).Parts.Select(part => part.Status));
        Assert.Equal(
            new LedgerDelta("source", At.AddMinutes(-59), 0, 1, Processing: -1), Assert.Single(round.Commit.Ledger));
    }

    [Fact]
    public void What_was_raised_is_told_although_it_was_overtaken_in_its_round()
    {
        round.SetParts(
            Message(1),
            "item",
            MessageStatus.Processing,
            [Part(MessageStatus.Parked) with { IsRaised = true }, Part(MessageStatus.Retrying, "b")],
            At);
        round.SetParts(Message(1), "item", MessageStatus.Retrying, [Part(MessageStatus.Processing)], At);

        var told = Assert.Single(round.Commit.Superseded);
        Assert.Equal(MessageStatus.Parked, Assert.Single(told.Parts).Status);
        Assert.Equal(MessageStatus.Processing, Assert.Single(Assert.Single(round.Commit.Parts).Parts).Status);
        Assert.Equal(1, round.RaisedCount);
    }

    [Fact]
    public void A_record_of_a_later_message_stays()
    {
        round.SetRecord(Message(2), "item", new RecordEffect(1, "key", "[2]"u8.ToArray()));
        round.SetRecord(Message(1), "item", new RecordEffect(1, "key", "[1]"u8.ToArray()));
        round.SetRecord(Message(2), "item", new RecordEffect(1, "key", "[22]"u8.ToArray()));
        round.SetRecord(Message(1), "item", new RecordEffect(2, "key", "[1]"u8.ToArray()));

        Assert.Equal(
            ["[22]", "[1]"], round.Commit.Records.Select(row => System.Text.Encoding.UTF8.GetString(row.Json.Span)));
        Assert.Equal(13, round.RecordBytes);
    }

    [Fact]
    public void Outcomes_are_kept_in_order_and_each_of_them()
    {
        round.AddOutcomes(Message(1), [new Outcome(1, ["a"]), new Outcome(2, ["b"])]);
        round.AddOutcomes(Message(1), [new Outcome(1, ["c"])]);

        Assert.Equal(["a", "b", "c"], round.Commit.Outcomes.Select(row => row.Outcome.Aggregates.Single()));
    }

    private static MessageReference Message(int number) =>
        new(new MessageId(new Guid(number, 0, 0, new byte[8])), new Position(number), "source", At, number);

    private static MessagePart Part(MessageStatus status, string plugin = "") =>
        new(plugin, status, ProcessingStep.Execute);
}
