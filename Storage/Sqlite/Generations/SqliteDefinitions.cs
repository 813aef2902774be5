using Tributary.Storage.Generations;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Generations;

/// <summary>The rows of definitions; see <see cref="IGenerations"/>.</summary>
internal static class SqliteDefinitions
{
    private const string Select =
        """
        select d.id, d.name, d.generation, d.hash, d.definition, d.created_at, d.lived_at, d.dropped_at,
            l.id is not null
        from definitions d left join live_generations l on l.id = d.id
        """;

    public static IReadOnlyList<DefinitionRow> Register(
        SqliteConnection connection, IReadOnlyList<DefinitionProposal> proposals, DateTimeOffset now) =>
        [.. proposals.Select(proposal => Find(connection, proposal) ?? Insert(connection, proposal, now))];

    public static IReadOnlyList<DefinitionRow> ReadAll(SqliteConnection connection) =>
        Rows(connection.Prepare($"{Select} order by d.id"));

    public static IReadOnlyList<DefinitionRow> Switch(
        SqliteConnection connection, IReadOnlyList<int> ids, DateTimeOffset now)
    {
        foreach (var row in GenerationRules.Switchable(ReadAll(connection), ids))
            MakeLive(connection, row.Name, row.Id, now);
        return ReadAll(connection);
    }

    public static IReadOnlyList<DefinitionRow> Drop(
        SqliteConnection connection, IReadOnlyList<int> ids, DateTimeOffset now)
    {
        foreach (var row in GenerationRules.Droppable(ReadAll(connection), ids))
            connection
                .Prepare("update definitions set dropped_at = coalesce(dropped_at, ?) where id = ?")
                .Bind(now)
                .Bind(row.Id)
                .Run();
        return ReadAll(connection);
    }

    private static DefinitionRow? Find(SqliteConnection connection, DefinitionProposal proposal) => Rows(
        connection.Prepare(
            $"{Select} where d.name = ? and d.hash = ? and d.dropped_at is null order by d.generation desc limit 1")
            .Bind(proposal.Name).Bind(proposal.Hash)).SingleOrDefault();

    private static DefinitionRow Insert(SqliteConnection connection, DefinitionProposal proposal, DateTimeOffset now)
    {
        var latest = connection.Prepare("select max(generation) from definitions where name = ?").Bind(proposal.Name);
        latest.Step();
        var generation = latest.IsNull(0) ? 1 : latest.Int32(0) + 1;
        latest.Reset();
        connection
            .Prepare("insert into definitions(name, generation, hash, definition, created_at) values (?, ?, ?, ?, ?)")
            .Bind(proposal.Name)
            .Bind(generation)
            .Bind(proposal.Hash)
            .Bind(proposal.Definition)
            .Bind(now)
            .Run();
        var row = Find(connection, proposal)!;
        var live = connection.Prepare("select 1 from live_generations where name = ?").Bind(proposal.Name);
        var hasLive = live.Step();
        live.Reset();
        if (!hasLive)
            MakeLive(connection, row.Name, row.Id, now);
        return Find(connection, proposal)!;
    }

    private static void MakeLive(SqliteConnection connection, string name, int id, DateTimeOffset now)
    {
        connection
            .Prepare(
                "insert into live_generations(name, id) values (?, ?) on conflict(name) do update set id = excluded.id")
            .Bind(name)
            .Bind(id)
            .Run();
        connection
            .Prepare("update definitions set lived_at = coalesce(lived_at, ?) where id = ?")
            .Bind(now)
            .Bind(id)
            .Run();
    }

    private static List<DefinitionRow> Rows(SqliteStatement select)
    {
        var rows = new List<DefinitionRow>();
        while (select.Step())
        {
            rows.Add(
                new DefinitionRow(
                    select.Int32(0), select.Text(1), select.Int32(2), select.Text(3), select.Bytes(4), select.Time(5))
                {
                    LivedAt = select.IsNull(6) ? null : select.Time(6),
                    DroppedAt = select.IsNull(7) ? null : select.Time(7),
                    IsLive = select.Int32(8) != 0,
                });
        }

        return rows;
    }
}
