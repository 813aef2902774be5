using Tributary.Storage.Rounds;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Notes the starts of activities on their rows.</summary>
internal static class SqliteStarts
{
    public static bool Note(SqliteConnection connection, SiloId silo, IReadOnlyList<StartNote> notes)
    {
        var select = connection.Prepare("select 1 from silos where id = ? and status <> 'dead'").Bind(silo.Value);
        var isAlive = select.Step();
        select.Reset();
        if (!isAlive)
            return false;

        var update = connection.Prepare(
            """
            update reminders set starts = ?, started_by = ?, is_alone = ?
            where type = ? and key = ? and name = ? and due_at = ? and attempt = ? and coalesce(starts, 0) = ?
                and exists (select 1 from partitions p where p.id = reminders.partition and p.silo = ?)
            """);
        foreach (var (activity, startsCount, isAlone) in notes)
        {
            update.Bind(startsCount).Bind(silo.Value);
            (isAlone ? update.Bind(1L) : update.BindNull())
                .Bind(activity.Grain.Type).Bind(activity.Grain.Key).Bind(activity.Name).Bind(activity.Due)
                .Bind(activity.Attempt).Bind(activity.StartsCount).Bind(silo.Value).Run();
        }

        return true;
    }

    /// <summary>The highest id of a silo so far.</summary>
    public static long LastSilo(SqliteConnection connection)
    {
        var select = connection.Prepare("select coalesce(max(id), 0) from silos");
        select.Step();
        var last = select.Int64(0);
        select.Reset();
        return last;
    }

    /// <summary>True when one of the silos up to this id did not leave.</summary>
    public static bool HasCrashed(SqliteConnection connection, long last)
    {
        var select = connection.Prepare("select 1 from silos where id <= ? and status <> 'dead'").Bind(last);
        var found = select.Step();
        select.Reset();
        return found;
    }

    public static void TakeBack(SqliteConnection connection, SiloId silo) => connection.Prepare(
            "update reminders set starts = starts - 1, started_by = null, is_alone = null where started_by = ?")
        .Bind(silo.Value).Run();
}
