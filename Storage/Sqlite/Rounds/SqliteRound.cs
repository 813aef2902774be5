using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Held;
using Tributary.Storage.Sqlite.Messages;
using Tributary.Storage.Sqlite.Reminders;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Writes one round, inside a transaction that the caller begins and ends.</summary>
internal sealed class SqliteRound(SqliteConnection connection)
{
    /// <summary>
    /// The fence: moves the silo's row to the next round; null when the row is not at the round before.
    /// </summary>
    public long? Fence(SiloId silo, long round)
    {
        var counter = connection.Prepare(
            "update meta set last_transaction = last_transaction + 1 returning last_transaction");
        counter.Step();
        var transaction = counter.Int64(0);
        counter.Run();
        var moved = connection.Prepare(
                "update silos set round = ?, transaction_id = ? where id = ? and round = ? and status <> 'dead'")
            .Bind(round).Bind(transaction).Bind(silo.Value).Bind(round - 1).Run();
        return moved == 1 ? transaction : null;
    }

    /// <summary>The version of the definitions that counts, when the round's is out of date; otherwise null.</summary>
    public long? OutdatedBy(RoundCommit round)
    {
        var select = connection.Prepare("select definitions from silos where id = ?").Bind(round.Silo.Value);
        select.Step();
        var asked = select.Int64(0);
        select.Reset();
        return asked > round.Definitions ? asked : null;
    }

    public void Write(RoundCommit round, long transaction)
    {
        WriteMessages(round, transaction);
        WriteExternalIds(round, transaction);
        WriteIndexedValues(round, transaction);
        SqliteStates.Write(connection, round.States);
        SqliteReminders.Write(connection, round.Reminders);
        WriteDeferred(round, transaction);
        SqliteHeld.Write(connection, round, transaction);
        WriteFailures(round);
        SqliteProcessing.Write(connection, round, transaction);
        WriteLedger(round);
        if (round.Messages.Count > 0)
        {
            connection.Prepare("insert into tallies(silo, position, count, total) values (?, ?, ?, ?)")
                .Bind(round.Silo.Value).Bind(Position.Of(transaction, 0).Value).Bind(round.Messages.Count)
                .Bind(round.AcceptedBefore + round.Messages.Count).Run();
        }
    }

    private void WriteMessages(RoundCommit round, long transaction)
    {
        var hashes = ExternalHashes(round);
        var insert = new SqliteMessageInsert(connection);
        for (var i = 0; i < round.Messages.Count; i++)
            insert.Run(Position.Of(transaction, i), round.Messages[i], hashes?[i]);
    }

    private static UInt128?[]? ExternalHashes(RoundCommit round)
    {
        if (round.ExternalIds.Count == 0)
            return null;

        var hashes = new UInt128?[round.Messages.Count];
        foreach (var external in round.ExternalIds)
            hashes[external.MessageIndex] = external.Key.Hash;
        return hashes;
    }

    private void WriteExternalIds(RoundCommit round, long transaction)
    {
        if (round.ExternalIds.Count == 0)
            return;

        var insert = connection.Prepare(
            "insert into scoped_external_ids(partition, hash, message_id, item, position, body_hash, received_day) "
            + "values (?, ?, ?, ?, ?, ?, ?)");
        foreach (var external in round.ExternalIds)
        {
            var message = round.Messages[external.MessageIndex].Message;
            insert.Bind(external.Partition.Value).Bind(external.Key.Hash).Bind(message.Id.Value).Bind(message.Item)
                .Bind(Position.Of(transaction, external.MessageIndex).Value).Bind(external.BodyHash)
                .Bind(Instant.ToDay(message.ReceivedAt)).Run();
        }
    }

    private void WriteIndexedValues(RoundCommit round, long transaction)
    {
        var insert = connection.Prepare("insert into indexed_values(path, key, position) values (?, ?, ?)");
        foreach (var (value, messageIndex) in IndexedRow.Of(round))
            insert.Bind(value.Path).Bind(value.Key).Bind(Position.Of(transaction, messageIndex).Value).Run();
    }

    private void WriteDeferred(RoundCommit round, long transaction)
    {
        foreach (var sequence in round.DeferredDone)
        {
            if (connection.Prepare("delete from deferred_calls where sequence = ?").Bind(sequence).Run() != 1)
                throw new RefusedRoundException($"The round ends deferred call {sequence}, which does not exist.");
        }

        for (var i = 0; i < round.Deferred.Count; i++)
        {
            var call = round.Deferred[i];
            connection.Prepare(
                "insert into deferred_calls(sequence, partition, type, key, method, arguments, origin) "
                + "values (?, ?, ?, ?, ?, ?, ?)")
                .Bind(RoundCommit.SequenceOf(transaction, i)).Bind(call.Partition.Value).Bind(call.Target.Type)
                .Bind(call.Target.Key).Bind(call.Method).Bind(call.Arguments).Bind(call.Origin).Run();
        }
    }

    private void WriteFailures(RoundCommit round)
    {
        foreach (var failure in round.Failures)
        {
            connection.Prepare(
                    """
                    insert into failures(id, failed_at, partition, type, key, method, arguments, error, attempts)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
                .Bind(failure.Id).Bind(failure.FailedAt).Bind(failure.Partition.Value).Bind(failure.Target.Type)
                .Bind(failure.Target.Key).Bind(failure.Method).Bind(failure.Arguments)
                .Bind(StorableText.Clean(failure.Error)).Bind(failure.Attempts).Run();
        }
    }

    private void WriteLedger(RoundCommit round)
    {
        foreach (var delta in round.Ledger)
        {
            connection.Prepare(
                    """
                    insert into ledger(silo, source, hour, accepted, completed, skipped, processing, retrying, parked)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (silo, source, hour) do update set
                        accepted = accepted + excluded.accepted, completed = completed + excluded.completed,
                        skipped = skipped + excluded.skipped, processing = processing + excluded.processing,
                        retrying = retrying + excluded.retrying, parked = parked + excluded.parked
                    """)
                .Bind(round.Silo.Value).Bind(delta.Source).Bind(delta.Hour).Bind(delta.Accepted).Bind(delta.Completed)
                .Bind(delta.Skipped).Bind(delta.Processing).Bind(delta.Retrying).Bind(delta.Parked).Run();
        }
    }
}
