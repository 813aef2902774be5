using System.Globalization;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// Holds a data directory for one process. The operating system releases the lock when the process ends, however it
/// ends.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    // Error numbers of Linux, which the runtime passes on.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    private readonly FileStream held;

    private SqliteFileLock(FileStream held) => this.held = held;

    /// <exception cref="StoreException">Another process, or another store of this one, holds the directory.</exception>
    public static SqliteFileLock Take(string databasePath)
    {
        var lockPath = databasePath + ".lock";
        // The process id of the holder stands beside the lock file: a locked file cannot be read.
        var pidPath = databasePath + ".pid";
        try
        {
            var taken = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Sign(pidPath);
            return new SqliteFileLock(taken);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new StoreException(StoreFault.Full, $"The database {databasePath} cannot be opened: {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(
                StoreFault.Fatal, $"The database {databasePath} cannot be opened for writing: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"The database {databasePath} is in use by {Holder(pidPath)}: {lockPath} is locked.",
                e);
        }
    }

    public void Dispose() => held.Dispose();

    /// <summary>True when a file cannot be made or grow, because the disk is full or a quota is used up.</summary>
    public static bool IsFull(IOException error) => error.HResult is NoSpace or QuotaExceeded;

    private static void Sign(string pidPath)
    {
        try
        {
            File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException e) when (IsFull(e))
        {
            // The process id only informs the next process; the lock itself holds.
        }
    }

    private static string Holder(string pidPath)
    {
        try
        {
            return "process " + File.ReadAllText(pidPath);
        }
        catch (IOException)
        {
            // The process id only informs; that the lock is held is known already.
            return "another process";
        }
    }
}
