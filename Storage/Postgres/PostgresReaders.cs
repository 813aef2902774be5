using Npgsql;

namespace Tributary.Storage.Postgres;

/// <summary>
/// A small pool, apart from the session that commits. The engine has one of its own: queries wait for each other, and
/// never keep a round waiting.
/// </summary>
/// <param name="name">What the server shows of its connections.</param>
internal sealed class PostgresReaders(PostgresOptions options, string name, int connectionCount) : IAsyncDisposable
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
            Options = PoolSettings.Added(options.ConnectionString, PoolSettings.Durable),
        }.ConnectionString
    ).Build();

    /// <summary>
    /// Runs work that can be run again without harm: after a fault it is tried once more on a new connection, because
    /// an idle one learns only by its next use that the server was restarted.
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
