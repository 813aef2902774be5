using Npgsql;
using Tributary.Storage.GrainStates;

namespace Tributary.Storage.Postgres.GrainStates;

/// <inheritdoc cref="IGrainReminders"/>
internal sealed class PostgresGrainReminders(PostgresReaders connections) : IGrainReminders
{
    private const string Select = "select grain, name, hash, start_at, period, version from grain_reminders where ";

    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(string grain, CancellationToken cancellation) =>
        connections.QueryAsync(Select + "grain = $1", Row, cancellation, PostgresRows.Text(grain));

    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(uint begin, uint end, CancellationToken cancellation) =>
        connections.QueryAsync(
            Select + (begin < end ? "hash > $1 and hash <= $2" : "(hash > $1 or hash <= $2)"), Row, cancellation,
            (long)begin, end);

    public async ValueTask<GrainReminder?> FindAsync(string grain, string name, CancellationToken cancellation) =>
        (await connections.QueryAsync(
            Select + "grain = $1 and name = $2", Row, cancellation, PostgresRows.Text(grain), PostgresRows.Text(name)))
        .SingleOrDefault();

    public ValueTask UpsertAsync(GrainReminder reminder, CancellationToken cancellation) => RunAsync(
        """
        insert into grain_reminders(grain, name, hash, start_at, period, version) values ($1, $2, $3, $4, $5, $6)
        on conflict (grain, name) do update set hash = excluded.hash, start_at = excluded.start_at,
            period = excluded.period, version = excluded.version
        """,
        cancellation,
        PostgresRows.Text(reminder.Grain), PostgresRows.Text(reminder.Name), Long(reminder.Hash),
        Long(reminder.StartAt.Ticks), Long(reminder.Period.Ticks), Id(reminder.Version));

    public async ValueTask<bool> RemoveAsync(
        string grain, string name, Guid version, CancellationToken cancellation) =>
        (await connections.QueryAsync(
            "delete from grain_reminders where grain = $1 and name = $2 and version = $3 returning 1",
            static row => row.GetInt32(0), cancellation,
            PostgresRows.Text(grain), PostgresRows.Text(name), Id(version))).Count > 0;

    public ValueTask ClearAsync(CancellationToken cancellation) =>
        RunAsync("delete from grain_reminders", cancellation);

    private async ValueTask RunAsync(
        string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters) =>
        await connections.QueryAsync(sql, static _ => true, cancellation, parameters);

    private static GrainReminder Row(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), (uint)row.GetInt64(2), new DateTime(row.GetInt64(3), DateTimeKind.Utc),
        new TimeSpan(row.GetInt64(4)), row.GetGuid(5));

    private static NpgsqlParameter<long> Long(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<Guid> Id(Guid value) => new() { TypedValue = value };
}
