using Npgsql;

namespace Tributary.Storage.Postgres;

/// <summary>
/// A small pool, apart from the session that commits. The engine has its own pool: queries wait for each other, and
/// never delay a round.
/// </summary>
/// <param name="name">The application name that the server shows for its connections.</param>
/// <param name="settings">Start options of its sessions: some of <see cref="PoolSettings"/>.</param>
internal sealed class PostgresReaders(
    PostgresOptions options, string name, int connectionCount, string settings = PoolSettings.Durable)
    : IAsyncDisposable
{
    private readonly NpgsqlDataSource source = new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = connectionCount,
            Enlist = false,
            ApplicationName = name,
            TcpKeepAlive = true,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            Options = PoolSettings.Added(options.ConnectionString, settings),
        }.ConnectionString
    ).Build();

    /// <summary>
    /// Runs work that may run twice. After a fault it runs once more on a new connection, because an idle connection
    /// notices a restart of the server only at its next use.
    /// </summary>
    public async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellation);
                return await work(connection);
            }
            catch (NpgsqlException e) when (attempt == 1 && e.IsTransient && !cancellation.IsCancellationRequested)
            {
                source.Clear();
            }
            catch (Exception e) when (PostgresErrors.IsDatabaseFault(e) && !cancellation.IsCancellationRequested)
            {
                throw PostgresErrors.ToStoreException(e);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
