using SQLitePCL;
using Tributary.Runtime.Store;

namespace Tributary.Storage.Sqlite;

/// <summary>An error of the SQLite library, classified here and nowhere else.</summary>
internal sealed class SqliteException(int code, int extendedCode, string message)
    : Exception($"SQLite error {extendedCode}: {message}")
{
    /// <summary>The primary result code.</summary>
    public int ResultCode { get; } = code;

    /// <summary>The rows cannot be stored, and could not be at another try.</summary>
    public bool IsRefusal => ResultCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>The statement is wrong: no such table, bad syntax, not allowed.</summary>
    public bool IsMistake => ResultCode is raw.SQLITE_ERROR or raw.SQLITE_AUTH or raw.SQLITE_READONLY;

    /// <summary>The disk or the file failed. After a failed fsync nobody can say what is durable: the process ends.</summary>
    public bool IsFatal => ResultCode is raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Ended by <see cref="SqliteConnection.Interrupt"/>.</summary>
    public bool IsInterrupted => ResultCode is raw.SQLITE_INTERRUPT;

    private bool IsTransient => ResultCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_INTERRUPT;

    public StoreException ToStoreException() =>
        new(IsTransient ? StoreFault.Transient : StoreFault.Fatal, Message, this);
}
