using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Rounds;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// The one connection that writes, used by one caller at a time. Commits of rounds block the caller's thread: the
/// engine has threads for that. All other writes run on the thread pool.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly SqliteOptions options;
    private readonly TimeProvider time;
    private readonly SqliteConnection connection;
    private bool disposed;

    // Set for good when the disk failed: from then on, rows in memory may never become durable.
    private StoreException? broken;

    public SqliteWriter(SqliteOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        connection = new SqliteConnection(options.DatabasePath, readOnly: false);
        try
        {
            Configure(connection, options);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The settings of a connection that writes.</summary>
    public static void Configure(SqliteConnection connection, SqliteOptions options) =>
        // With FULL, a commit returns only when the log is on the disk.
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
            CheckUsable();
            // Not cancelled half-way: a write that has begun ends, so that the caller knows its outcome.
            return await Task.Run(() => InTransaction(work), CancellationToken.None);
        }
        catch (SqliteException e)
        {
            throw Break(e);
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
            CheckUsable();
            // Blocks the thread: the engine commits from a thread that it keeps for this.
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

            if (writer.OutdatedBy(round) is { } version)
                return new CommitOutcome.Outdated(version);

            if (SqlitePartitions.NotOwned(connection, round) is { } notOwned)
                return notOwned;

            var taken = SqlitePartitions.Write(connection, round);
            writer.Write(round, transaction);
            connection.Execute("commit");
            return new CommitOutcome.Committed(transaction, time.GetUtcNow()) { Taken = taken };
        }
        catch (RefusedRoundException e)
        {
            return new CommitOutcome.Rejected(e);
        }
        catch (SqliteException e) when (e.IsRefusal)
        {
            return new CommitOutcome.Rejected(e);
        }
        catch (SqliteException e) when (e.IsFull)
        {
            return Full(round, e);
        }
        catch (SqliteException e)
        {
            return new CommitOutcome.Unknown(Break(e));
        }
        finally
        {
            connection.RollBackIfOpen();
        }
    }

    // The library has rolled the transaction back; the silo's row proves it.
    private CommitOutcome Full(RoundCommit round, SqliteException error)
    {
        try
        {
            connection.RollBackIfOpen();
            var select = connection.Prepare("select round from silos where id = ?").Bind(round.Silo.Value);
            var isIn = select.Step() && select.Int64(0) >= round.Round;
            select.Reset();
            if (isIn)
                return new CommitOutcome.Unknown(error.ToStoreException());
            MakeRoom();
            return new CommitOutcome.Full(error.ToStoreException());
        }
        catch (SqliteException e)
        {
            return new CommitOutcome.Unknown(Break(e));
        }
    }

    // Pages of the log that are back in the database need no room in the log, and the log starts anew when all its
    // pages are.
    private void MakeRoom()
    {
        try
        {
            connection.Execute("pragma wal_checkpoint(passive)");
        }
        catch (SqliteException e) when (e.IsFull)
        {
            // Some pages of the log are not in the database: they stay in the log, where they are safe.
        }
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (broken is not null)
            throw new StoreException(broken.Fault, broken.Message, broken);
    }

    /// <summary>
    /// The error as the store reports it. After a fatal error the writer stays unusable, and the process is told to
    /// end.
    /// </summary>
    private StoreException Break(SqliteException error)
    {
        var reported = error.ToStoreException();
        if (!error.IsFatal)
            return reported;
        broken = reported;
        options.OnFatal(reported);
        return reported;
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
