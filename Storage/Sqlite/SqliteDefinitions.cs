using Tributary.Runtime.Store;

namespace Tributary.Storage.Sqlite;

/// <summary>The rows of definitions; see <see cref="IMessageLog.RegisterDefinitionsAsync"/>.</summary>
internal static class SqliteDefinitions
{
    private const string Columns = "id, name, generation, hash, definition, created_at";

    public static IReadOnlyList<DefinitionRow> Register(
        SqliteConnection connection, IReadOnlyList<DefinitionProposal> proposals, DateTimeOffset now)
    {
        var current = new List<DefinitionRow>(proposals.Count);
        foreach (var proposal in proposals)
        {
            var latest = Latest(connection, proposal.Name);
            if (latest?.Hash != proposal.Hash)
            {
                connection.Prepare("insert into definitions(name, generation, hash, definition, created_at) values (?, ?, ?, ?, ?)")
                    .Bind(proposal.Name).Bind((latest?.Generation ?? 0) + 1).Bind(proposal.Hash).Bind(proposal.Definition).Bind(now).Run();
                latest = Latest(connection, proposal.Name);
            }

            current.Add(latest!);
        }

        return current;
    }

    public static IReadOnlyList<DefinitionRow> ReadAll(SqliteConnection connection) =>
        Rows(connection.Prepare($"select {Columns} from definitions order by id"));

    private static DefinitionRow? Latest(SqliteConnection connection, string name) =>
        Rows(connection.Prepare($"select {Columns} from definitions where name = ? order by generation desc limit 1").Bind(name)).SingleOrDefault();

    private static List<DefinitionRow> Rows(SqliteStatement select)
    {
        var rows = new List<DefinitionRow>();
        while (select.Step())
            rows.Add(new DefinitionRow(select.Int32(0), select.Text(1), select.Int32(2), select.Text(3), select.Bytes(4), select.Time(5)));
        return rows;
    }
}
