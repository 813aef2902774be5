using Tributary.Storage.Held;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Held;

/// <summary>Reads of held work: pages on the engine's connections, summaries on those of queries.</summary>
internal sealed class SqliteHeldReads(SqliteReaders readers, SqliteReaders loads) : IHeldReads
{
    public ValueTask<long> ReadLastCallAsync(CancellationToken cancellation) => loads.ReadAsync(
        connection =>
        {
            var select = connection.Prepare(
                """
                select max(coalesce((select max(sequence) from deferred_calls), 0),
                    coalesce((select max(sequence) from held_calls), 0))
                """);
            select.Step();
            var last = select.Int64(0);
            select.Reset();
            return last;
        },
        cancellation);

    public ValueTask<IReadOnlyList<HeldCall>> ReadCallsAsync(
        long after, int limit, CancellationToken cancellation) => ReadAsync(
        loads,
        connection => connection.Prepare(
            """
            select sequence, partition, type, key, method, arguments, code, error, held_at from held_calls
            where sequence > ? order by sequence limit ?
            """).Bind(after).Bind(limit),
        static row => new HeldCall(
            new DeferredCall(row.Int64(0), new PartitionId(row.Int32(1)), new RoundGrainId(row.Text(2), row.Text(3)),
                row.Text(4), row.Bytes(5)),
            new HeldReason(row.Text(6), row.Text(7)), row.Time(8)),
        cancellation);

    public ValueTask<IReadOnlyList<HeldReminder>> ReadRemindersAsync(
        HeldMark? after, int limit, CancellationToken cancellation) => ReadAsync(
        loads,
        connection =>
        {
            var select = connection.Prepare(
                $"""
                select partition, type, key, name, held_due_at, attempt, activity, payload,
                    held_code, held_error, held_at
                from reminders
                where held_due_at is not null {(after is null ? "" : "and (type, key, name) > (?, ?, ?)")}
                order by type, key, name limit ?
                """);
            if (after is { } mark)
                select.Bind(mark.Grain.Type).Bind(mark.Grain.Key).Bind(mark.Name);
            return select.Bind(limit);
        },
        static row => new HeldReminder(
            new ReminderRow(
                new PartitionId(row.Int32(0)), new RoundGrainId(row.Text(1), row.Text(2)), row.Text(3), row.Time(4), row
                    .Int32(5),
                row.IsNull(6) ? null : row.Text(6), row.Bytes(7)),
            new HeldReason(row.Text(8), row.Text(9)), row.Time(10)),
        cancellation);

    public async ValueTask<IReadOnlyList<HeldGrain>> ReadGrainsAsync(
        RoundGrainId? after, int limit, CancellationToken cancellation)
    {
        var beyond = after is null ? "true" : "(type, key) > (?, ?)";
        // SQLite takes code and error from the row with the highest sequence as well.
        var calls = await ReadAsync(
            readers,
            connection => Bind(
                connection.Prepare(
                    $"""
                    select type, key, code, error, max(sequence),
                        (select min(held_at) from held_calls o where o.type = c.type and o.key = c.key), count(*)
                    from held_calls c where {beyond} group by type, key order by type, key limit ?
                    """),
                after, limit),
            static row => new HeldGrain(
                new RoundGrainId(row.Text(0), row.Text(1)), new HeldReason(row.Text(2), row.Text(3)), row.Int64(6), 0,
                row
                    .Time(5)),
            cancellation);
        var reminders = await ReadAsync(
            readers,
            connection => Bind(
                connection.Prepare(
                    $"""
                    select type, key, min(held_code), min(held_error), min(held_at), count(*) from reminders
                    where held_due_at is not null and {beyond} group by type, key order by type, key limit ?
                    """),
                after, limit),
            static row => new HeldGrain(
                new RoundGrainId(row.Text(0), row.Text(1)), new HeldReason(row.Text(2), row.Text(3)), 0, row.Int64(5),
                row
                    .Time(4)),
            cancellation);
        return HeldRows.Merge(calls, reminders, limit);
    }

    public async ValueTask<IReadOnlyList<HeldCount>> CountAsync(CancellationToken cancellation) => HeldRows.Merge(
        await ReadAsync(
            readers,
            connection => connection.Prepare("select type, code, count(*) from held_calls group by type, code"),
            static row => new HeldCount(row.Text(0), row.Text(1), row.Int64(2), 0), cancellation),
        await ReadAsync(
            readers,
            connection => connection.Prepare(
                "select type, held_code, count(*) from reminders where held_due_at is not null group by type, "
                + "held_code"),
            static row => new HeldCount(row.Text(0), row.Text(1), 0, row.Int64(2)), cancellation));

    private static SqliteStatement Bind(SqliteStatement select, RoundGrainId? after, int limit)
    {
        if (after is { } mark)
            select.Bind(mark.Type).Bind(mark.Key);
        return select.Bind(limit);
    }

    private static ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        SqliteReaders connections, Func<SqliteConnection, SqliteStatement> prepare, Func<SqliteStatement, T> read,
        CancellationToken cancellation) =>
        connections.ReadAsync<IReadOnlyList<T>>(
            connection =>
            {
                var rows = new List<T>();
                var select = prepare(connection);
                while (select.Step())
                    rows.Add(read(select));
                return rows;
            },
            cancellation);
}
