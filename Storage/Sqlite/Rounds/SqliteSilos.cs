using Tributary.Storage.Rounds;

namespace Tributary.Storage.Sqlite.Rounds;

/// <summary>Reads the rows of silos.</summary>
internal static class SqliteSilos
{
    /// <summary>
    /// The silos that are not declared dead. One process holds the file, and its last incarnation is the last row.
    /// </summary>
    public static IReadOnlyList<LivingSilo> Living(SqliteConnection connection)
    {
        var select = connection.Prepare(
            "select id, address, round, id = (select max(id) from silos), status = 'leaving', is_cordoned from silos "
            + "where status <> 'dead' order by id");
        var living = new List<LivingSilo>();
        while (select.Step())
        {
            living.Add(new LivingSilo(
                new SiloId(select.Int64(0)), select.Text(1), select.Int64(2), select.Int64(3) != 0,
                select.Int64(4) != 0)
            {
                IsCordoned = select.Int64(5) != 0,
            });
        }

        return living;
    }

    /// <summary>One process holds the file: its silo is the last.</summary>
    public static CordonOutcome Cordon(SqliteConnection connection, SiloId silo, bool isCordoned)
    {
        if (Living(connection).All(row => row.Silo != silo))
            return CordonOutcome.NotFound;
        if (isCordoned)
            return CordonOutcome.LastSilo;
        connection.Prepare("update silos set is_cordoned = 0 where id = ?").Bind(silo.Value).Run();
        return CordonOutcome.Noted;
    }
}
