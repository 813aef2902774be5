using System.Collections.Concurrent;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// Connections for reads beside the writer. Each read is one short transaction, so that it sees one state of the
/// database. It runs on the thread pool, because the library has no asynchronous reads.
/// </summary>
internal sealed class SqliteReaders(SqliteOptions options, int connectionCount) : IDisposable
{
    private readonly SemaphoreSlim free = new(connectionCount);
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private bool disposed;

    public async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return await Task.Run(() => Read(read), cancellation);
        }
        catch (SqliteException e)
        {
            throw e.ToStoreException();
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Waits for the reads that run, and closes their connections.</summary>
    public void Dispose()
    {
        for (var i = 0; i < connectionCount; i++)
            free.Wait();

        disposed = true;
        while (idle.TryTake(out var connection))
            connection.Dispose();
        // Readers that come now get in only to find the store disposed.
        free.Release(connectionCount);
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!idle.TryTake(out var connection))
            connection = Open();

        try
        {
            connection.Execute("begin");
            var result = read(connection);
            connection.Execute("commit");
            idle.Add(connection);
            return result;
        }
        catch
        {
            // The connection's statements may be half read; a new connection costs little.
            connection.Dispose();
            throw;
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(options.DatabasePath, readOnly: true);
        connection.Execute(
            $"pragma busy_timeout = 5000; pragma cache_size = -{options.ReaderCacheKiB}; pragma mmap_size = "
            + $"{options.MmapBytes}");
        return connection;
    }
}
