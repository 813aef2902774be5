using Tributary.Runtime.Store;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// The one connection that writes, used by one caller at a time. It works on the thread pool, so that a commit waits for
/// the disk on no thread of the engine's.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly SqliteOptions options;
    private readonly TimeProvider time;
    private readonly SqliteConnection connection;
    private bool disposed;

    public SqliteWriter(SqliteOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        connection = new SqliteConnection(options.DatabasePath, readOnly: false);
        Configure(connection, options);
    }

    /// <summary>The settings of a connection that writes.</summary>
    public static void Configure(SqliteConnection connection, SqliteOptions options) =>
        // FULL: a commit has returned only when the log is on the disk.
        connection.Execute(
            $"""
            pragma busy_timeout = 5000;
            pragma journal_mode = wal;
            pragma synchronous = full;
            pragma cache_size = -{options.WriterCacheKiB};
            pragma mmap_size = {options.MmapBytes};
            pragma wal_autocheckpoint = {options.CheckpointPageCount};
            """);

    /// <summary>Runs <paramref name="work"/> in one transaction.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            // Not cancelled half-way: what has begun is finished, so that the caller knows what happened.
            return await Task.Run(() => InTransaction(work), CancellationToken.None);
        }
        catch (SqliteException e)
        {
            options.EndIfFatal(e);
            throw e.ToStoreException();
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            // Blocks: the engine commits from a thread that it keeps for this.
            return Commit(round);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Opens or migrates the database.</summary>
    public StoreFacts Open() => SqliteSchema.Open(connection, options.PartitionCount);

    public void Dispose()
    {
        turn.Wait();
        disposed = true;
        connection.Dispose();
        turn.Release();
    }

    private CommitOutcome Commit(RoundCommit round)
    {
        try
        {
            RoundRules.Check(round);
            connection.Execute("begin immediate");
            var writer = new SqliteRound(connection);
            if (writer.Fence(round.Silo, round.Round) is not { } transaction)
                return new CommitOutcome.Fenced();

            writer.Write(round, transaction);
            connection.Execute("commit");
            return new CommitOutcome.Committed(transaction, time.GetUtcNow());
        }
        catch (RefusedRoundException e)
        {
            return new CommitOutcome.Rejected(e);
        }
        catch (SqliteException e) when (e.IsRefusal)
        {
            return new CommitOutcome.Rejected(e);
        }
        catch (SqliteException e)
        {
            options.EndIfFatal(e);
            return new CommitOutcome.Unknown(e.ToStoreException());
        }
        finally
        {
            connection.RollBackIfOpen();
        }
    }

    private T InTransaction<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            connection.Execute("begin immediate");
            var result = work(connection);
            connection.Execute("commit");
            return result;
        }
        finally
        {
            connection.RollBackIfOpen();
        }
    }
}
