using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Writes a round's changes to parts, records, outcomes and the ledger.</summary>
internal static class SqliteProcessing
{
    private const string Columns =
        "plugin, message_id, item, item_sequence, source, received_at, status, step, attempts, next_attempt_at, error";

    private const string Values = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

    public static void Write(SqliteConnection connection, RoundCommit round, long transaction)
    {
        var delete = connection.Prepare("delete from pending where position = ?");
        foreach (var row in round.Parts)
            delete.Bind(row.Message.Position.Value).Run();

        var insert = connection.Prepare($"insert into pending(position, {Columns}, changed_at) values ({Values})");
        foreach (var row in PartRow.OfNew(round).Concat(PartRow.OfStored(round)))
            Insert(insert.Bind(row.Message(transaction).Value), row);

        var raise = connection.Prepare(
            $"insert into raised(position, message_position, {Columns}, raised_at) values (?, {Values})");
        var index = 0;
        foreach (var row in PartRow.OfRaised(round))
            Insert(raise.Bind(Position.Of(transaction, index++).Value).Bind(row.Message(transaction).Value), row);

        WriteRecords(connection, round);
        var outcomes = connection.Prepare("insert into outcomes(position, added_at, list) values (?, ?, ?)");
        foreach (var (message, list) in OutcomeRows.Of(round))
            outcomes.Bind(message.Value).Bind(Position.Of(transaction, 0).Value).Bind(list).Run();
    }

    private static void Insert(SqliteStatement insert, in PartRow row)
    {
        var part = row.Part;
        insert
            .Bind(part.Plugin)
            .Bind(row.Id.Value)
            .Bind(row.Item)
            .Bind(row.ItemSequence)
            .Bind(row.Source)
            .Bind(row.ReceivedAt)
            .Bind((int)part.Status)
            .Bind((int)part.Step)
            .Bind(part.Attempts);
        _ = part.NextAttempt is { } next ? insert.Bind(next) : insert.BindNull();
        _ = row.Error is { } error ? insert.Bind(error) : insert.BindNull();
        insert.Bind(row.At).Run();
    }

    private static void WriteRecords(SqliteConnection connection, RoundCommit round)
    {
        if (round.Records.Count == 0)
            return;

        var upsert = connection.Prepare(
            """
            insert into records(generation, item, key, position, message_id, item_sequence, source, received_at, json)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (generation, item, key) do update set
                position = excluded.position, message_id = excluded.message_id,
                item_sequence = excluded.item_sequence, source = excluded.source,
                received_at = excluded.received_at, json = excluded.json
                where item_sequence <= excluded.item_sequence
            """);
        foreach (var (generation, item, key, message, json) in round.Records)
        {
            upsert
                .Bind(generation)
                .Bind(item)
                .Bind(key)
                .Bind(message.Position.Value)
                .Bind(message.Id.Value)
                .Bind(message.ItemSequence)
                .Bind(message.Source)
                .Bind(message.ReceivedAt)
                .Bind(json)
                .Run();
        }
    }
}
