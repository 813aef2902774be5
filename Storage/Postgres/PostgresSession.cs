using System.Globalization;
using Npgsql;

namespace Tributary.Storage.Postgres;

/// <summary>
/// The one connection that commits. It is unpooled, so that its backend belongs to this silo alone, and ending the
/// backend ends whatever the silo has under way. It holds the silo's advisory lock, by which other silos see that the
/// silo lives.
/// </summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    /// <summary>The upper half of the advisory locks' keys: 'Trib'.</summary>
    public const int LockClass = 0x54726962;

    /// <summary>Held while a plugin's script runs.</summary>
    public const long PluginScriptLock = ((long)LockClass << 32) | 0xFFFF_FFFE;

    /// <summary>Held while a step folds.</summary>
    public const long FoldLock = ((long)LockClass << 32) | 0xFFFF_FFFD;

    /// <summary>Held while a silo is cordoned.</summary>
    public const long CordonLock = ((long)LockClass << 32) | 0xFFFF_FFFC;

    private PostgresSession(NpgsqlConnection connection, DateTime backendStart)
    {
        Connection = connection;
        BackendStart = backendStart;
    }

    public NpgsqlConnection Connection { get; }

    public int BackendPid => Connection.ProcessID;

    public DateTime BackendStart { get; }

    public static long LockKey(SiloId silo) => ((long)LockClass << 32) | (uint)silo.Value;

    /// <summary>Joins wait for the end of this transaction; commits do not.</summary>
    public static async Task LockJoinsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)LockClass << 32 });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<PostgresSession> OpenAsync(PostgresOptions options, CancellationToken cancellation)
    {
        var leaseSeconds = Math.Max(1, (int)options.Lease.TotalSeconds);
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            Enlist = false,
            ApplicationName = "tributary commit",
            CommandTimeout = leaseSeconds,
            TcpKeepAlive = true,
            TcpKeepAliveTime = Math.Max(1, leaseSeconds / 3),
            TcpKeepAliveInterval = Math.Max(1, leaseSeconds / 6),
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            WriteBufferSize = 64 * 1024,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await ConfigureAsync(connection, (int)options.Lease.TotalMilliseconds, cancellation);
            return new PostgresSession(connection, await CheckAsync(connection, options, cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes the silo's advisory lock for the life of the session; false while another session holds it.
    /// </summary>
    public async Task<bool> TryLockAsync(SiloId silo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", Connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey(silo) });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private static async Task ConfigureAsync(NpgsqlConnection connection, int leaseMs, CancellationToken cancellation)
    {
        // Rows are always found by their keys: a plan from the time before the tables had statistics must not scan
        // them.
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            set synchronous_commit = on;
            set default_transaction_isolation = 'read committed';
            set idle_in_transaction_session_timeout = {leaseMs};
            set tcp_user_timeout = {leaseMs};
            set tcp_keepalives_idle = {Math.Max(1, leaseMs / 3_000)};
            set tcp_keepalives_interval = {Math.Max(1, leaseMs / 6_000)};
            set tcp_keepalives_count = 3;
            set client_min_messages = error;
            set jit = off;
            set plan_cache_mode = force_generic_plan;
            set enable_seqscan = off;
            set enable_hashjoin = off;
            set enable_mergejoin = off;
            set tributary.session = '{connection.ProcessID}';
            """);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// A pooler between silo and server would give statements to changing backends, and break the promise that ending
    /// one backend ends the round. It shows: the backend is not the one that greeted the connection, or settings do not
    /// stay.
    /// </summary>
    private static async Task<DateTime> CheckAsync(
        NpgsqlConnection connection, PostgresOptions options, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select pg_backend_pid(), current_setting('tributary.session', true), backend_start,
                current_setting('server_version_num')::int, current_setting('fsync'),
                current_setting('synchronous_commit')
            from pg_stat_activity where pid = pg_backend_pid()
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var pid = connection.ProcessID;
        if (!await reader.ReadAsync(cancellation) || reader.GetInt32(0) != pid || reader.IsDBNull(1)
            || reader.GetString(1) != pid.ToString(CultureInfo.InvariantCulture) || reader.GetString(5) != "on")
        {
            throw new StoreException(
                StoreFault.Fatal,
                "Something between this program and PostgreSQL pools sessions (the backend or its settings change). "
                + "Connect to the server itself.");
        }

        if (reader.GetInt32(3) < 150000)
            throw new StoreException(
                StoreFault.Fatal, $"PostgreSQL 15 or newer is needed; the server is {connection.ServerVersion}.");
        if (reader.GetString(4) != "on")
            options.OnWarning?.Invoke(
                "PostgreSQL runs with fsync = off: what it acknowledges can be lost when its machine fails.");

        return reader.GetDateTime(2);
    }
}
