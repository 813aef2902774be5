using Npgsql;
using SQLitePCL;
using Tributary.Storage.Sqlite;

namespace Tributary.Silo.Tests.Running;

/// <summary>The database of a server that is stopped, for tests that change what it holds.</summary>
internal static class StoredRows
{
    /// <summary>Runs statements on the database of a server on SQLite.</summary>
    public static void ExecuteSqlite(string dataDirectory, string sql)
    {
        Batteries_V2.Init();
        var path = Path.Combine(dataDirectory, SqliteOptions.FileName);
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE, null));
        using (handle)
        {
            var result = raw.sqlite3_exec(handle, sql);
            Assert.True(result == raw.SQLITE_OK, raw.sqlite3_errmsg(handle).utf8_to_string());
        }
    }

    /// <summary>Runs statements on a PostgreSQL database.</summary>
    public static async Task ExecutePostgresAsync(string connectionString, string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
