using Tributary.Storage.Migrations;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Sqlite;

/// <summary>Creates and migrates the database. The file lock is held, so that no other process does the same.</summary>
internal static class SqliteSchema
{
    private static readonly IReadOnlyList<Migration> Known = Migration.Load("Sqlite");

    /// <summary>Migrates the database to this build's version and returns its facts.</summary>
    public static StoreFacts Open(SqliteConnection connection, int partitionCount)
    {
        foreach (var migration in Migration.Missing(Known, ReadApplied(connection)))
            Apply(connection, migration, partitionCount);

        var meta = connection.Prepare("select history_id, partition_count from meta");
        if (!meta.Step())
            throw new StoreException(
                StoreFault.Fatal, "The database has no row in meta: it was not created by Tributary, or is damaged.");

        var facts = new StoreFacts(meta.Guid(0), meta.Int32(1));
        meta.Reset();
        return facts;
    }

    /// <summary>
    /// The numbers of the migrations that the database has had. The header of the file holds the highest number;
    /// databases before version 2 have no table of them.
    /// </summary>
    private static HashSet<int> ReadApplied(SqliteConnection connection)
    {
        var applied = ReadNumbers(connection, "pragma user_version").Where(version => version > 0).ToHashSet();
        connection.Execute(
            "create table if not exists schema_migrations(version integer primary key, name text not null)");
        applied.UnionWith(ReadNumbers(connection, "select version from schema_migrations"));
        return applied;
    }

    private static List<int> ReadNumbers(SqliteConnection connection, string sql)
    {
        var numbers = new List<int>();
        var select = connection.Prepare(sql);
        while (select.Step())
            numbers.Add(select.Int32(0));
        return numbers;
    }

    private static void Apply(SqliteConnection connection, Migration migration, int partitionCount)
    {
        connection.Execute("begin exclusive");
        try
        {
            connection.Execute(migration.Sql);
            if (migration.Version == 1)
                Create(connection, partitionCount);
            connection
                .Prepare("insert into schema_migrations(version, name) values (?, ?)")
                .Bind(migration.Version)
                .Bind(migration.Name)
                .Run();
            connection.Execute(
                "pragma user_version = "
                + $"{Math.Max(migration.Version, ReadNumbers(connection, "pragma user_version")[0])}");
            connection.Execute("commit");
        }
        finally
        {
            connection.RollBackIfOpen();
        }
    }

    private static void Create(SqliteConnection connection, int partitionCount)
    {
        connection.Prepare("insert into meta(id, history_id, partition_count, last_transaction) values (1, ?, ?, 0)")
            .Bind(Guid.NewGuid()).Bind(partitionCount).Run();
        var partition = connection.Prepare("insert into partitions(id) values (?)");
        for (var id = 0; id < partitionCount; id++)
            partition.Bind(id).Run();
    }
}
