using Npgsql;
using Tributary.Storage.Postgres.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>
/// Writes one round. A small round is a single batch: one round trip, and a transaction by itself, because the server
/// ends the transaction where the batch ends. A large round begins with the fence, which returns the transaction's id
/// for the rows that follow by COPY; the rest and the commit are the last batch.
/// </summary>
internal sealed class PostgresRound(PostgresOptions options)
{
    private readonly CopyBuffer buffer = new();

    public async Task<CommitOutcome> WriteAsync(
        NpgsqlConnection connection, RoundCommit round, CancellationToken cancellation)
    {
        if (IsSmall(round))
        {
            await using var batch = new NpgsqlBatch(connection);
            AddFence(batch, round);
            AddAll(
                batch,
                round,
                RoundInserts
                    .All(round, 0)
                    .Concat(PostgresProcessing.Inserts(round, 0))
                    .Select(insert => insert.ToCommand()));
            return await ExecuteAsync(batch, round, cancellation);
        }

        CommitOutcome.Committed committed;
        await using (var first = new NpgsqlBatch(connection))
        {
            first.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
            AddFence(first, round);
            committed = await ExecuteAsync(first, round, cancellation);
        }

        var rest = new List<NpgsqlBatchCommand>();
        foreach (var insert in RoundInserts
                .All(round, committed.Transaction)
                .Concat(PostgresProcessing.Inserts(round, committed.Transaction)))
        {
            // Moved reminders are removed before they are inserted, so they wait for the last batch.
            if (insert.Count >= options.CopyFromRowCount && insert.Table != "reminders")
                await insert.CopyAsync(connection, buffer, cancellation);
            else
                rest.Add(insert.ToCommand());
        }

        await using var last = new NpgsqlBatch(connection);
        AddAll(last, round, rest);
        last.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await last.ExecuteNonQueryAsync(cancellation);
        return committed;
    }

    private bool IsSmall(RoundCommit round) =>
        round.Messages.Count < options.CopyFromRowCount && round.Reminders.Count < options.CopyFromRowCount
        && round.States.Count < options.CopyFromRowCount && round.Parts.Count < options.CopyFromRowCount
        && round.Outcomes.Count < options.CopyFromRowCount;

    private static void AddFence(NpgsqlBatch batch, RoundCommit round)
    {
        batch.BatchCommands.Add(PostgresPartitions.Fence(round));
        if (PostgresPartitions.HasChanges(round))
            batch.BatchCommands.Add(PostgresPartitions.Changes(round));
    }

    private static void AddAll(NpgsqlBatch batch, RoundCommit round, IEnumerable<NpgsqlBatchCommand> inserts)
    {
        foreach (var command in RoundChanges
                .Deletions(round)
                .Concat(PostgresProcessing.Deletions(round))
                .Concat(PostgresHeld.Deletions(round))
                .Concat(inserts)
                .Concat(PostgresHeld.Changes(round))
                .Concat(RoundChanges.Updates(round))
                .Concat(PostgresProcessing.Changes(round))
                .Concat(RoundChanges.Sums(round)))
            batch.BatchCommands.Add(command);
    }

    /// <summary>
    /// Runs a batch to its end; its first statement with a result is the fence. Only the end of the batch decides its
    /// outcome.
    /// </summary>
    private static async Task<CommitOutcome.Committed> ExecuteAsync(
        NpgsqlBatch batch, RoundCommit round, CancellationToken cancellation)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var committed = new CommitOutcome.Committed(reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1)));
        if (PostgresPartitions.HasChanges(round) && await reader.NextResultAsync(cancellation))
            committed = committed with { Taken = await PostgresPartitions.ReadAsync(reader, cancellation) };
        while (await reader.NextResultAsync(cancellation))
        {
            // The results of the other statements are empty.
        }

        return committed;
    }
}
