using SQLitePCL;

namespace Tributary.Storage.Sqlite;

/// <summary>An error of the SQLite library, classified here and nowhere else.</summary>
/// <param name="file">The database's file.</param>
/// <param name="systemError">The system's error number for a fault below the library; 0 without.</param>
internal sealed class SqliteException(string file, int code, int extendedCode, int systemError, string message)
    : Exception($"{file}: SQLite error {extendedCode}: {message}")
{
    // Error numbers of Linux.
    private const int TooManyFilesInSystem = 23;
    private const int TooManyFiles = 24;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>The primary result code.</summary>
    public int ResultCode { get; } = code;

    /// <summary>The rows cannot be stored, and a second try would not help.</summary>
    public bool IsRefusal =>
        ResultCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>The statement is wrong: no such table, bad syntax, not allowed.</summary>
    public bool IsMistake => ResultCode is raw.SQLITE_ERROR or raw.SQLITE_AUTH or raw.SQLITE_READONLY;

    /// <summary>
    /// A file cannot grow. The library reports this while it writes, before a commit counts, and rolls the transaction
    /// back. A failed fsync is not among these errors, whatever its reason: after it nobody knows what is durable.
    /// </summary>
    public bool IsFull =>
        ResultCode is raw.SQLITE_FULL
        || (
            systemError is NoSpace or QuotaExceeded
            && (
                ResultCode is raw.SQLITE_CANTOPEN
                || extendedCode
                    is raw.SQLITE_IOERR_WRITE
                        or raw.SQLITE_IOERR_TRUNCATE
                        or raw.SQLITE_IOERR_SHMOPEN
                        or raw.SQLITE_IOERR_SHMSIZE
                        or raw.SQLITE_IOERR_SHMMAP
                        or raw.SQLITE_IOERR_GETTEMPPATH));

    /// <summary>
    /// The disk or the file failed. After a failed fsync nobody knows what is durable: the process ends.
    /// </summary>
    public bool IsFatal => !IsFull && ResultCode is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Ended by <see cref="SqliteConnection.Interrupt"/>.</summary>
    public bool IsInterrupted => ResultCode is raw.SQLITE_INTERRUPT;

    private bool IsTransient =>
        ResultCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_INTERRUPT
        || (ResultCode is raw.SQLITE_CANTOPEN && systemError is TooManyFiles or TooManyFilesInSystem);

    public StoreException ToStoreException() =>
        new(IsFull ? StoreFault.Full : IsTransient ? StoreFault.Transient : StoreFault.Fatal, Message, this);
}
