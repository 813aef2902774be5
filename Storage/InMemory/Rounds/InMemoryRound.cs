using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.InMemory.Held;
using Tributary.Storage.Messages;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Rounds;

/// <summary>
/// Applies a round, all or nothing: everything is checked before anything changes. A round that a correct engine never
/// sends breaks an invariant here and throws.
/// </summary>
internal static class InMemoryRound
{
    /// <summary>Checks the fence and applies the round.</summary>
    /// <param name="open">The number of its transaction, if it has one already.</param>
    /// <exception cref="InvalidOperationException">The round breaks a rule that a correct engine keeps.</exception>
    public static CommitOutcome Apply(InMemoryDatabase database, RoundCommit round, bool isFenced, long? open = null)
    {
        if (!database.Silos.TryGetValue(round.Silo, out var silo)
            || (isFenced && silo.IsDead)
            || silo.Round >= round.Round)
            return new CommitOutcome.Fenced();

        Require(silo.Round == round.Round - 1, $"round {round.Round} follows {silo.Round}: a round was skipped");
        if (silo.Definitions > round.Definitions)
            return new CommitOutcome.Outdated(silo.Definitions);
        if (InMemoryPartitions.NotOwned(database, round) is { } notOwned)
            return notOwned;
        InMemoryPartitions.Check(database, round);
        Check(database, round, silo);
        var transaction = open ?? ++database.LastTransaction;
        silo.Round = round.Round;
        silo.Transaction = transaction;
        Write(database, round, silo, transaction);
        var committed = new CommitOutcome.Committed(transaction, database.Time.GetUtcNow())
        {
            Taken = InMemoryPartitions.Write(database, round),
        };
        database.Committed?.Invoke(round, committed);
        return committed;
    }

    private static void Check(InMemoryDatabase database, RoundCommit round, InMemorySilo silo)
    {
        Require(
            round.AcceptedBefore == silo.AcceptedCount,
            $"the silo has stored {silo.AcceptedCount} messages, the round says {round.AcceptedBefore}");

        var ids = new HashSet<MessageId>();
        foreach (var appended in round.Messages)
        {
            var id = appended.Message.Id;
            Require(ids.Add(id) && !database.MessagesById.ContainsKey(id), $"message {id} is stored already");
            var paths = appended.Message.IndexedValues.Select(value => value.Path).Distinct().Count();
            Require(paths == appended.Message.IndexedValues.Count, $"message {id} has two values of an indexed path");
        }

        var externals = new HashSet<(PartitionId, ExternalKey)>();
        foreach (var row in round.ExternalIds)
        {
            var key = (row.Partition, row.Key);
            Require(
                externals.Add(key) && !database.ExternalIdRows.ContainsKey(key),
                $"an external id of partition {row.Partition} exists already");
        }

        var states = new HashSet<(StateTable, RoundGrainId)>();
        foreach (var row in round.States)
        {
            Require(states.Add((row.Table, row.Grain)), $"the round holds two states of {row.Grain}");
            Require(
                database.StateRows.ContainsKey((row.Table, row.Grain)) != row.IsNew,
                row.IsNew
                    ? $"the new state of {row.Grain} exists already"
                    : $"the state of {row.Grain} is changed and does not exist");
        }

        var reminders = new HashSet<(RoundGrainId, string)>();
        foreach (var write in round.Reminders)
        {
            Require(reminders.Add((write.Grain, write.Name)),
                $"the round writes reminder {write.Name} of {write.Grain} twice");
        }

        CheckCalls(database, round);
        InMemoryHeldReads.Check(database, round);
        database.Processing.Check(round);
        var ledger = new HashSet<(string, long)>();
        foreach (var delta in round.Ledger)
            Require(
                ledger.Add((delta.Source, delta.Hour.UtcTicks)),
                $"the round holds two deltas of source {delta.Source} and one hour");
    }

    private static void CheckCalls(InMemoryDatabase database, RoundCommit round)
    {
        var done = new HashSet<long>();
        foreach (var sequence in round.DeferredDone)
            Require(
                done.Add(sequence) && database.DeferredRows.ContainsKey(sequence),
                $"deferred call {sequence} is ended and does not exist");

        var failures = new HashSet<Guid>();
        foreach (var failure in round.Failures)
            Require(
                failures.Add(failure.Id) && !database.FailureRows.ContainsKey(failure.Id),
                $"failure {failure.Id} exists already");
    }

    private static void Write(InMemoryDatabase database, RoundCommit round, InMemorySilo silo, long transaction)
    {
        for (var i = 0; i < round.Messages.Count; i++)
        {
            var appended = round.Messages[i];
            var message = appended.Message;
            var stored = new StoredMessage(
                Position.Of(transaction, i), message.Id, message.Source, message.Item, appended.ItemSequence,
                message.ReceivedAt.ToUniversalTime(), message.MediaType, message.Body, appended.Generations);
            database.Add(stored, message.IndexedValues);
        }

        silo.AcceptedCount += round.Messages.Count;
        if (round.Messages.Count > 0)
            silo.Tallies.Add((Position.Of(transaction, 0).Value, round.Messages.Count, silo.AcceptedCount));

        foreach (var row in round.ExternalIds)
        {
            var message = round.Messages[row.MessageIndex].Message;
            var known = new KnownMessage(
                message.Id, message.Item, row.BodyHash, Position.Of(transaction, row.MessageIndex));
            database.ExternalIdRows.Add((row.Partition, row.Key), (known, Instant.ToDay(message.ReceivedAt)));
        }

        foreach (var row in round.States)
        {
            var state = new LoadedState(row.Version, row.State);
            database.StateRows[(row.Table, row.Grain)] = state;
            if (row.Table == StateTable.Aggregates)
                database.AggregateRows[AggregateKey.Parse(row.Grain.Key)] = state;
        }

        foreach (var write in round.Reminders)
            WriteReminder(database, write);
        foreach (var sequence in round.DeferredDone)
            database.DeferredRows.Remove(sequence);
        for (var i = 0; i < round.Deferred.Count; i++)
        {
            var sequence = RoundCommit.SequenceOf(transaction, i);
            database.DeferredRows.Add(sequence, round.Deferred[i] with { Sequence = sequence });
        }

        InMemoryHeldReads.Write(database, round, transaction);
        foreach (var failure in round.Failures)
            database.FailureRows.Add(failure.Id, failure with { Error = StorableText.Clean(failure.Error) });
        database.Processing.Write(round, transaction);
    }

    private static void WriteReminder(InMemoryDatabase database, in ReminderWrite write)
    {
        if (database.ReminderMarks.Remove((write.Grain, write.Name), out var mark))
        {
            database.ReminderRows.Remove(mark);
            database.Starters.Remove(mark);
        }

        database.HeldReminderRows.Remove((write.Grain, write.Name));
        if (write.Set is not { } set)
            return;

        var row = new ReminderRow(
            write.Partition,
            write.Grain,
            write.Name,
            set.Due.ToUniversalTime(),
            set.Attempt,
            set.Activity,
            set.Payload);
        database.ReminderRows.Add(row.Mark, row);
        database.ReminderMarks.Add((write.Grain, write.Name), row.Mark);
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"The round cannot be stored: {otherwise}.");
    }
}
