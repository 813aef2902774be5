using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Indexing;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Generations;

/// <summary>The rows of definitions; see <see cref="IGenerations"/>.</summary>
internal static class SqliteDefinitions
{
    private const string Select =
        """
        select d.id, d.name, d.generation, d.hash, d.definition, d.created_at, d.lived_at, d.dropped_at,
            l.id is not null, d.needs_code, d.is_fed, d.fed_from
        from definitions d left join live_generations l on l.id = d.id
        """;

    public static IReadOnlyList<DefinitionRow> Register(
        SqliteConnection connection, IReadOnlyList<DefinitionProposal> proposals, DateTimeOffset now) =>
        [.. proposals.Select(proposal => Ensure(connection, proposal, now))];

    /// <summary>Replaces what the silo has declared.</summary>
    public static void Declare(SqliteConnection connection, SiloId silo, IEnumerable<DefinitionRow> rows)
    {
        connection.Prepare("delete from declarations where silo = ?").Bind(silo.Value).Run();
        foreach (var id in rows.Select(static row => row.Id).Distinct())
        {
            connection.Prepare("insert into declarations(silo, definition) select id, ? from silos where id = ?")
                .Bind(id).Bind(silo.Value).Run();
        }

        connection.Prepare("update silos set has_declared = 1 where id = ?").Bind(silo.Value).Run();
    }

    /// <summary>
    /// Changes what is fed as the living silos need it. There is one writer, and no round is under way.
    /// </summary>
    public static void Feed(SqliteConnection connection)
    {
        var declared = Declared(connection);
        var changes = FedGenerations.Changes(ReadAll(connection), declared);
        var paths = FedPaths.Changes(SqliteFedPaths.Read(connection), declared.Count > 0);
        foreach (var (id, isFed) in changes)
            connection.Prepare("update definitions set is_fed = ?, fed_from = null where id = ?")
                .Bind(isFed ? 1 : 0).Bind(id).Run();
        SqliteFedPaths.Feed(connection, paths);
        if (changes.Count > 0 || paths.Count > 0)
        {
            connection.Execute("update meta set definitions = definitions + 1");
            connection.Execute(
                "update silos set definitions = (select definitions from meta) where status <> 'dead'");
        }

        connection.Prepare("update definitions set fed_from = ? where is_fed and fed_from is null")
            .Bind(SqliteMessages.Horizon(connection).Value).Run();
    }

    public static StoredDefinitions ReadStored(SqliteConnection connection)
    {
        var (rows, paths, declared) = (ReadAll(connection), SqliteFedPaths.Read(connection), Declared(connection));
        var version = connection.Prepare("select definitions from meta");
        version.Step();
        var number = version.Int64(0);
        version.Reset();
        return new StoredDefinitions(
            number, rows,
            FedGenerations.Changes(rows, declared).Count > 0 || FedPaths.IsDue(paths, declared.Count > 0))
        {
            IndexedPaths = FedPaths.Of(paths),
        };
    }

    public static IReadOnlyList<DefinitionRow> ReadAll(SqliteConnection connection) =>
        Rows(connection.Prepare($"{Select} order by d.id"));

    public static void Switch(SqliteConnection connection, IReadOnlyList<int> ids, DateTimeOffset now)
    {
        foreach (var row in GenerationRules.Switchable(ReadAll(connection), ids))
            MakeLive(connection, row.Name, row.Id, now);
    }

    public static void Drop(
        SqliteConnection connection, IReadOnlyList<int> ids, DateTimeOffset now)
    {
        foreach (var row in GenerationRules.Droppable(ReadAll(connection), ids))
            connection
                .Prepare("update definitions set dropped_at = coalesce(dropped_at, ?) where id = ?")
                .Bind(now)
                .Bind(row.Id)
                .Run();
    }

    private static DefinitionRow Ensure(SqliteConnection connection, DefinitionProposal proposal, DateTimeOffset now)
    {
        if (Find(connection, proposal) is not { } found)
            return Insert(connection, proposal, now);
        if (found.NeedsCode == proposal.NeedsCode)
            return found;
        connection.Prepare("update definitions set needs_code = ? where id = ?")
            .Bind(proposal.NeedsCode ? 1 : 0).Bind(found.Id).Run();
        return Find(connection, proposal)!;
    }

    private static Dictionary<SiloId, HashSet<int>> Declared(SqliteConnection connection)
    {
        var declared = new Dictionary<SiloId, HashSet<int>>();
        var select = connection.Prepare(
            "select s.id, d.definition from silos s left join declarations d on d.silo = s.id "
            + "where s.status <> 'dead' and s.has_declared");
        while (select.Step())
        {
            var silo = new SiloId(select.Int64(0));
            if (!declared.TryGetValue(silo, out var ids))
                declared.Add(silo, ids = []);
            if (!select.IsNull(1))
                ids.Add(select.Int32(1));
        }

        return declared;
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
            .Prepare(
                "insert into definitions(name, generation, hash, definition, created_at, needs_code) "
                + "values (?, ?, ?, ?, ?, ?)")
            .Bind(proposal.Name)
            .Bind(generation)
            .Bind(proposal.Hash)
            .Bind(proposal.Definition)
            .Bind(now)
            .Bind(proposal.NeedsCode ? 1 : 0)
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
                    NeedsCode = select.Int32(9) != 0,
                    IsFed = select.Int32(10) != 0,
                    FedFrom = select.IsNull(11) ? null : new Position(select.Int64(11)),
                });
        }

        return rows;
    }
}
