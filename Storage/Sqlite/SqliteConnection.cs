using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tributary.Storage.Sqlite;

/// <summary>One connection to the database, for one thread at a time. Statements are prepared once and kept.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 handle;
    private readonly Dictionary<string, SqliteStatement> statements = [];

    static SqliteConnection() => Batteries_V2.Init();

    public SqliteConnection(string path, bool readOnly)
    {
        File = path;
        var flags = readOnly
            ? raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX
            : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var result = raw.sqlite3_open_v2(path, out handle, flags, null);
        try
        {
            Check(result);
            Check(raw.sqlite3_extended_result_codes(handle, 1));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The path of the database's file.</summary>
    public string File { get; }

    /// <summary>True inside a transaction.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    /// <summary>Rows changed by the last statement that changed any.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>The statement of this text, ready to be bound.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v2(handle, sql, out var prepared));
            statement = new SqliteStatement(this, prepared);
            statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>A statement that is not kept, and that the caller disposes; null when the text is empty.</summary>
    /// <exception cref="SqliteException">The text is no statement, or more than one.</exception>
    public SqliteStatement? PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var prepared, out var rest));
        if (prepared.IsInvalid)
            return null;

        var statement = new SqliteStatement(this, prepared);
        Check(raw.sqlite3_prepare_v2(handle, rest, out var second));
        using (second)
        {
            if (second.IsInvalid)
                return statement;
        }

        statement.Dispose();
        throw new SqliteException(File, raw.SQLITE_ERROR, raw.SQLITE_ERROR, systemError: 0, "more than one statement");
    }

    /// <summary>Ends the statement that the connection runs; for other threads.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(handle);

    /// <summary>Runs statements without parameters, separated by semicolons.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>Rolls back an open transaction.</summary>
    public void RollBackIfOpen()
    {
        // A statement that failed between two parameters would go on in their middle at its next use.
        foreach (var statement in statements.Values)
            statement.Reset();

        if (InTransaction)
            Execute("rollback");
    }

    /// <exception cref="SqliteException">The result is an error.</exception>
    public void Check(int result)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;

        throw new SqliteException(
            File, result & 0xFF, result, SystemErrorOf(handle), raw.sqlite3_errmsg(handle).utf8_to_string());
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Dispose();

        handle.Dispose();
    }

    // The package does not declare this function.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_system_errno", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int SystemErrorOf(SafeHandle database);
}
