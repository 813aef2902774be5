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
            "select id, address, round, id = (select max(id) from silos), status = 'leaving' from silos "
            + "where status <> 'dead' order by id");
        var living = new List<LivingSilo>();
        while (select.Step())
        {
            living.Add(new LivingSilo(
                new SiloId(select.Int64(0)), select.Text(1), select.Int64(2), select.Int64(3) != 0,
                select.Int64(4) != 0));
        }

        return living;
    }
}
