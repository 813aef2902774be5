using System.Data;
using Npgsql;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>
/// Owns the session that commits. After an unknown outcome the session is dropped, and no round is sent before a
/// resolution has made a new session: until then the old backend may still be at work.
/// </summary>
internal sealed class PostgresCommitter(PostgresOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly PostgresRound writer = new(options);
    private PostgresSession? session;

    public async Task<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (session is null)
                return new CommitOutcome.Unknown(
                    new StoreException(
                        StoreFault.Transient, "The commit session was lost and the last round is not resolved."));

            RoundRules.Check(round);
            return await writer.WriteAsync(session.Connection, round, cancellation);
        }
        catch (RefusedRoundException e)
        {
            return new CommitOutcome.Rejected(e);
        }
        catch (PostgresException e) when (PostgresErrors.IsFenced(e) || PostgresErrors.IsNotOwned(e)
            || PostgresErrors.OutdatedBy(e) is not null || PostgresErrors.IsRefusal(e) || PostgresErrors.IsFull(e))
        {
            // The server has refused before the commit, so nothing is stored whether the rollback succeeds or not.
            await RollBackAsync();
            return PostgresErrors.IsFenced(e) ? new CommitOutcome.Fenced()
                : PostgresErrors.IsNotOwned(e) ? new CommitOutcome.NotOwned(e.MessageText)
                : PostgresErrors.OutdatedBy(e) is { } version ? new CommitOutcome.Outdated(version)
                : PostgresErrors.IsFull(e) ? new CommitOutcome.Full(PostgresErrors.ToStoreException(e))
                : new CommitOutcome.Rejected(e);
        }
        catch (Exception e)
            when (PostgresErrors.IsDatabaseFault(e) || session?.Connection.State != ConnectionState.Open)
        {
            await DropAsync();
            return new CommitOutcome.Unknown(PostgresErrors.ToStoreException(e));
        }
        catch
        {
            await DropAsync();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Drops the present session, makes a new one, and keeps it if <paramref name="work"/> says so.</summary>
    public async Task<T> RenewAsync<T>(
        Func<PostgresSession, Task<(T Result, bool Keep)>> work, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        PostgresSession? renewed = null;
        try
        {
            await DropAsync();
            renewed = await PostgresSession.OpenAsync(options, cancellation);
            var (result, keep) = await work(renewed);
            if (keep)
            {
                session = renewed;
                renewed = null;
            }

            return result;
        }
        catch (Exception e) when (PostgresErrors.IsDatabaseFault(e))
        {
            throw PostgresErrors.ToStoreException(e);
        }
        finally
        {
            if (renewed is not null)
                await renewed.DisposeAsync();
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        await DropAsync();
        turn.Release();
    }

    private async Task RollBackAsync()
    {
        // After some errors, such as a full disk, the driver has closed the session itself.
        if (session!.Connection.State != ConnectionState.Open)
        {
            await DropAsync();
            return;
        }

        try
        {
            await using var rollback = new NpgsqlCommand("rollback", session.Connection);
            await rollback.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (PostgresErrors.IsDatabaseFault(e))
        {
            // Ending the session rolls the transaction back too.
            await DropAsync();
        }
    }

    private async Task DropAsync()
    {
        var dropped = session;
        session = null;
        if (dropped is not null)
            await dropped.DisposeAsync();
    }
}
