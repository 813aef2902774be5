using Tributary.Storage.GrainStates;

namespace Tributary.Storage.Sqlite.GrainStates;

/// <inheritdoc cref="IGrainReminders"/>
internal sealed class SqliteGrainReminders(SqliteWriter writer, SqliteReaders readers) : IGrainReminders
{
    private const string Select = "select grain, name, hash, start_at, period, version from grain_reminders where ";

    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(string grain, CancellationToken cancellation) =>
        ReadAsync(connection => connection.Prepare(Select + "grain = ?").Bind(grain), cancellation);

    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(uint begin, uint end, CancellationToken cancellation) =>
        ReadAsync(
            connection => connection
                .Prepare(Select + (begin < end ? "hash > ? and hash <= ?" : "(hash > ? or hash <= ?)"))
                .Bind((long)begin).Bind((long)end),
            cancellation);

    public async ValueTask<GrainReminder?> FindAsync(string grain, string name, CancellationToken cancellation) =>
        (await ReadAsync(
            connection => connection.Prepare(Select + "grain = ? and name = ?").Bind(grain).Bind(name), cancellation))
        .SingleOrDefault();

    public async ValueTask UpsertAsync(GrainReminder reminder, CancellationToken cancellation) =>
        await writer.WriteAsync(
            connection => connection
                .Prepare(
                    "insert or replace into grain_reminders(grain, name, hash, start_at, period, version) "
                    + "values (?, ?, ?, ?, ?, ?)")
                .Bind(reminder.Grain).Bind(reminder.Name).Bind((long)reminder.Hash).Bind(reminder.StartAt.Ticks)
                .Bind(reminder.Period.Ticks).Bind(reminder.Version).Run(),
            cancellation);

    public ValueTask<bool> RemoveAsync(string grain, string name, Guid version, CancellationToken cancellation) =>
        writer.WriteAsync(
            connection => connection
                .Prepare("delete from grain_reminders where grain = ? and name = ? and version = ?")
                .Bind(grain).Bind(name).Bind(version).Run() > 0,
            cancellation);

    public async ValueTask ClearAsync(CancellationToken cancellation) => await writer.WriteAsync(
        static connection => connection.Prepare("delete from grain_reminders").Run(), cancellation);

    private ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(
        Func<SqliteConnection, SqliteStatement> prepare, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<GrainReminder>>(
            connection =>
            {
                var reminders = new List<GrainReminder>();
                var select = prepare(connection);
                while (select.Step())
                {
                    reminders.Add(new GrainReminder(
                        select.Text(0), select.Text(1), (uint)select.Int64(2),
                        new DateTime(select.Int64(3), DateTimeKind.Utc), new TimeSpan(select.Int64(4)),
                        select.Guid(5)));
                }

                return reminders;
            },
            cancellation);
}
