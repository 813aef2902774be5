using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Ledger;
using Tributary.Storage.Records;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Rounds;

/// <summary>
/// The parts, records, outcomes and ledger that rounds write, and the part of <see cref="InMemoryRound"/> that writes
/// them.
/// </summary>
internal sealed class InMemoryProcessing(InMemoryDatabase database)
{
    /// <summary>By the message's position; the parts in the order of their plugins.</summary>
    public SortedDictionary<long, IReadOnlyList<StoredPart>> Pending { get; } = [];

    public List<RaisedFailure> Raised { get; } = [];

    public SortedDictionary<(int Generation, string Item, string Key), StoredRecord> Records { get; } =
        new(RecordOrder.Instance);

    public Dictionary<long, List<Outcome>> Outcomes { get; } = [];

    /// <summary>By source and hour: the counts of each must never fall below zero.</summary>
    public Dictionary<(string Source, long Hour), LedgerCounts> Ledger { get; } = [];

    public Dictionary<MessageStatus, long> CountByStatus() =>
        Pending.Values.GroupBy(StatusOf).ToDictionary(group => group.Key, group => group.LongCount());

    public static MessageStatus StatusOf(IReadOnlyList<StoredPart> parts) =>
        MessagePart.StatusOf([.. parts.Select(row => row.Part)]);

    /// <exception cref="InvalidOperationException">The round breaks a rule that a correct engine keeps.</exception>
    public void Check(RoundCommit round)
    {
        foreach (var appended in round.Messages)
            CheckParts(appended.Parts, appended.Message.Id);

        var messages = new HashSet<MessageId>();
        foreach (var row in round.Parts)
        {
            InMemoryRound.Require(
                messages.Add(row.Message.Id), $"the round replaces the parts of message {row.Message.Id} twice");
            CheckMessage(row.Message, row.Item, "parts");
            CheckParts(row.Parts, row.Message.Id);
        }

        var records = new HashSet<(int, string, string)>();
        foreach (var row in round.Records)
        {
            InMemoryRound.Require(
                records.Add((row.Generation, row.Item, row.Key)),
                $"the round holds two records '{row.Key}' of item {row.Item}");
            CheckMessage(row.Message, row.Item, "a record");
        }

        foreach (var (position, _) in round.Outcomes)
        {
            var index = database.FirstAtOrAbove(position.Value);
            InMemoryRound.Require(
                index < database.MessageRows.Count && database.MessageRows[index].Position == position,
                $"an outcome names position {position}, where no message is");
        }

        foreach (var delta in round.Ledger)
        {
            var added = CountsOf(delta);
            InMemoryRound.Require(added.Balances, $"the deltas of source {delta.Source} do not balance: {added}");
            var counts = Recount.Add(Ledger.GetValueOrDefault(KeyOf(delta)), added);
            InMemoryRound.Require(
                Math.Min(Math.Min(counts.Accepted, counts.Completed), Math.Min(counts.Skipped, counts.Processing)) >= 0
                && Math.Min(counts.Retrying, counts.Parked) >= 0,
                $"the ledger of source {delta.Source} at {delta.Hour:O} would be below zero: {counts}");
        }
    }

    public void Write(RoundCommit round, long transaction)
    {
        foreach (var row in round.Parts)
            Pending.Remove(row.Message.Position.Value);
        foreach (var group in PartRow
                .OfNew(round)
                .Concat(PartRow.OfStored(round))
                .Select(row => row.ToStored(transaction))
                .GroupBy(row => row.Message.Position))
            Pending.Add(group.Key.Value, [.. group.OrderBy(row => row.Part.Plugin, Utf8Order.Instance)]);

        var index = 0;
        // Transactions that began later may have ended earlier.
        var at = Raised.FindLastIndex(row => row.Position < Position.Of(transaction, 0)) + 1;
        foreach (var row in PartRow.OfRaised(round))
        {
            var stored = row.ToStored(transaction);
            Raised.Insert(
                at + index,
                new RaisedFailure(
                    Position.Of(transaction, index++), stored.Message, stored.Item, stored.Part, stored.ChangedAt));
        }

        foreach (var row in round.Records)
        {
            var key = (row.Generation, row.Item, row.Key);
            if (!Records.TryGetValue(key, out var known) || known.Message.ItemSequence <= row.Message.ItemSequence)
                Records[key] = new StoredRecord(row.Generation, row.Item, row.Key, InUtc(row.Message), row.Json);
        }

        foreach (var (position, outcome) in round.Outcomes)
        {
            if (!Outcomes.TryGetValue(position.Value, out var list))
                Outcomes.Add(position.Value, list = []);
            list.Add(outcome);
        }

        foreach (var delta in round.Ledger)
            Ledger[KeyOf(delta)] = Recount.Add(Ledger.GetValueOrDefault(KeyOf(delta)), CountsOf(delta));
    }

    private void CheckMessage(MessageReference message, string item, string what)
    {
        InMemoryRound.Require(
            database.MessagesById.TryGetValue(message.Id, out var stored),
            $"{what} of message {message.Id}, which does not exist");
        var known = new MessageReference(
            stored!.Id, stored.Position, stored.Source, stored.ReceivedAt, stored.ItemSequence);
        InMemoryRound.Require(
            known == InUtc(message) && stored.Item == item,
            $"{what} of {message} of item {item}, which is {known} of item {stored.Item}");
    }

    private static void CheckParts(IReadOnlyList<MessagePart> parts, MessageId message)
    {
        InMemoryRound.Require(
            parts.DistinctBy(part => part.Plugin).Count() == parts.Count,
            $"message {message} has two parts of one plugin");
        foreach (var part in parts)
        {
            InMemoryRound.Require(
                part.NextAttempt is null || part.Status == MessageStatus.Retrying,
                $"a part of message {message} is {part.Status} and has a next attempt");
        }
    }

    private static MessageReference InUtc(MessageReference message) =>
        message with
        {
            ReceivedAt = message.ReceivedAt.ToUniversalTime(),
        };

    private static (string, long) KeyOf(in LedgerDelta delta) => (delta.Source, delta.Hour.UtcTicks);

    private static LedgerCounts CountsOf(in LedgerDelta delta) =>
        new(delta.Accepted, delta.Completed, delta.Skipped, delta.Processing, delta.Retrying, delta.Parked);

    private sealed class RecordOrder : IComparer<(int Generation, string Item, string Key)>
    {
        public static RecordOrder Instance { get; } = new();

        public int Compare((int Generation, string Item, string Key) x, (int Generation, string Item, string Key) y)
        {
            var order = x.Generation.CompareTo(y.Generation);
            if (order == 0)
                order = Utf8Order.Compare(x.Item, y.Item);
            return order != 0 ? order : Utf8Order.Compare(x.Key, y.Key);
        }
    }
}
