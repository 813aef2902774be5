using Tributary.Runtime.Store;
using Tributary.Storage.Migrations;

namespace Tributary.Storage.Sqlite;

/// <summary>Creates and migrates the database. The file lock is held, so nobody else does.</summary>
internal static class SqliteSchema
{
    private static readonly IReadOnlyList<Migration> Known = Migration.Load("Sqlite");

    /// <summary>Brings the database to this build's version and says what it is.</summary>
    public static StoreFacts Open(SqliteConnection connection, int partitionCount)
    {
        var version = ReadVersion(connection);
        foreach (var migration in Migration.Missing(Known, version))
            Apply(connection, migration, partitionCount);

        var meta = connection.Prepare("select history_id, partition_count from meta");
        if (!meta.Step())
            throw new StoreException(StoreFault.Fatal, "The database has no row in meta: it was not created by Tributary, or is damaged.");

        var facts = new StoreFacts(meta.Guid(0), meta.Int32(1));
        meta.Reset();
        return facts;
    }

    private static int ReadVersion(SqliteConnection connection)
    {
        var statement = connection.Prepare("pragma user_version");
        statement.Step();
        var version = statement.Int32(0);
        statement.Reset();
        return version;
    }

    private static void Apply(SqliteConnection connection, Migration migration, int partitionCount)
    {
        connection.Execute("begin exclusive");
        try
        {
            connection.Execute(migration.Sql);
            if (migration.Version == 1)
                Create(connection, partitionCount);
            connection.Execute($"pragma user_version = {migration.Version}");
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
