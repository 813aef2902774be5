using Npgsql;
using Tributary.Storage.Held;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Held;

/// <summary>Reads of held work: pages on the engine's pool, summaries on the pool of queries.</summary>
internal sealed class PostgresHeldReads(PostgresReaders readers, PostgresReaders loads) : IHeldReads
{
    public ValueTask<long> ReadLastCallAsync(CancellationToken cancellation) => loads.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                "select greatest((select max(sequence) from deferred_calls), (select max(sequence) from held_calls), "
                + "0)",
                connection);
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        },
        cancellation);

    public ValueTask<IReadOnlyList<HeldCall>> ReadCallsAsync(
        long after, int limit, CancellationToken cancellation) => QueryAsync(
            loads,
        """
        select sequence, partition, type, key, method, arguments, code, error, held_at from held_calls
        where sequence > $1 order by sequence limit $2
        """,
        static row => new HeldCall(
            new DeferredCall(
                row.GetInt64(0), new PartitionId(row.GetInt32(1)), new RoundGrainId(
                    row.GetString(2), row.GetString(3)), row.GetString(4),
                row.GetFieldValue<byte[]>(5)),
            new HeldReason(row.GetString(6), row.GetString(7)), Instant.FromTicks(row.GetInt64(8))),
        cancellation, RoundChanges.Long(after), RoundChanges.Long(limit));

    public ValueTask<IReadOnlyList<HeldReminder>> ReadRemindersAsync(
        HeldMark? after, int limit, CancellationToken cancellation)
    {
        List<NpgsqlParameter> parameters = [RoundChanges.Long(limit)];
        if (after is { } mark)
            parameters.AddRange([Text(mark.Grain.Type), Text(mark.Grain.Key), Text(mark.Name)]);
        return QueryAsync(
            loads,
            $"""
            select partition, type, key, name, held_due_at, attempt, activity, payload, held_code, held_error, held_at
            from reminders
            where held_due_at is not null {(after is null ? "" : "and (type, key, name) > ($2, $3, $4)")}
            order by type, key, name limit $1
            """,
            static row => new HeldReminder(
                new ReminderRow(
                    new PartitionId(row.GetInt32(0)), new RoundGrainId(row.GetString(1), row.GetString(2)),
                    row.GetString(3),
                    Instant.FromTicks(row.GetInt64(4)), row.GetInt32(5), row.IsDBNull(6) ? null
                        : row.GetString(6), row.GetFieldValue<byte[]>(7)),
                new HeldReason(row.GetString(8), row.GetString(9)), Instant.FromTicks(row.GetInt64(10))),
            cancellation, [.. parameters]);
    }

    public async ValueTask<IReadOnlyList<HeldGrain>> ReadGrainsAsync(
        RoundGrainId? after, int limit, CancellationToken cancellation)
    {
        List<NpgsqlParameter> parameters = [RoundChanges.Long(limit)];
        if (after is { } mark)
            parameters.AddRange([Text(mark.Type), Text(mark.Key)]);
        var beyond = after is null ? "true" : "(type, key) > ($2, $3)";
        var calls = await QueryAsync(
            readers,
            $"""
            select g.type, g.key, c.code, c.error, g.since, g.count from (
                select type, key, min(held_at) since, count(*) count, max(sequence) last from held_calls
                where {beyond} group by type, key order by type, key limit $1) g
            join held_calls c on c.sequence = g.last
            """,
            static row => Read(row, isOfCalls: true), cancellation, [.. parameters]);
        var reminders = await QueryAsync(
            readers,
            $"""
            select type, key, min(held_code), min(held_error), min(held_at), count(*) from reminders
            where held_due_at is not null and {beyond} group by type, key order by type, key limit $1
            """,
            static row => Read(row, isOfCalls: false), cancellation, [.. parameters]);
        return HeldRows.Merge(calls, reminders, limit);
    }

    public async ValueTask<IReadOnlyList<HeldCount>> CountAsync(CancellationToken cancellation) => HeldRows.Merge(
        await QueryAsync(
            readers,
            "select type, code, count(*) from held_calls group by type, code",
            static row => new HeldCount(row.GetString(0), row.GetString(1), row.GetInt64(2), 0), cancellation),
        await QueryAsync(
            readers,
            "select type, held_code, count(*) from reminders where held_due_at is not null group by type, held_code",
            static row => new HeldCount(row.GetString(0), row.GetString(1), 0, row.GetInt64(2)), cancellation));

    private static HeldGrain Read(NpgsqlDataReader row, bool isOfCalls) => new(
        new RoundGrainId(row.GetString(0), row.GetString(1)), new HeldReason(row.GetString(2), row.GetString(3)),
        isOfCalls ? row.GetInt64(5) : 0, isOfCalls ? 0 : row.GetInt64(5), Instant.FromTicks(row.GetInt64(4)));

    // A mark may come from a client: one that no row can have still has a place in the order.
    private static NpgsqlParameter Text(string text) =>
        new NpgsqlParameter<string> { TypedValue = StorableText.Clean(text) };

    private static ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        PostgresReaders pool, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation,
        params NpgsqlParameter[] parameters) => pool.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            // A parameter belongs to one command, and after a fault the work runs again with another command.
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter.Clone());
            return await PostgresRows.ReadAllAsync(command, read, cancellation);
        },
        cancellation);
}
