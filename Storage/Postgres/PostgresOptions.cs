namespace Tributary.Storage.Postgres;

/// <summary>How the PostgreSQL store works.</summary>
public sealed class PostgresOptions
{
    /// <summary>
    /// An Npgsql connection string. Whatever it says of pooling, the store keeps its own connections.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Partitions of a database that is created; an existing one keeps its number.</summary>
    public int PartitionCount { get; init; } = 256;

    /// <summary>How long a commit may take before its outcome is unknown; also bounds a silent connection.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a join waits for a silo that may be dead before it reports the database as busy.</summary>
    public TimeSpan JoinWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a migration waits for a lock before it gives up, so that it never queues up the traffic of others.
    /// </summary>
    public TimeSpan MigrationLockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections for reads of queries and of the feed; one more waits when all are in use.</summary>
    public int ReadConnectionCount { get; init; } = 4;

    /// <summary>
    /// Connections for the engine's loads, checks and reads, which no query can take; one more waits. The session that
    /// commits is apart from them.
    /// </summary>
    public int LoadConnectionCount { get; init; } = 3;

    /// <summary>
    /// New rows of one table from which on they go by COPY; fewer go with the rest of the round in one round trip.
    /// </summary>
    public int CopyFromRowCount { get; init; } = 200;

    /// <summary>Connections for the commands of plugins; more transactions at a time wait.</summary>
    public int PluginConnectionCount { get; init; } = 2;

    /// <summary>
    /// How long the commands that a plugin returns for one message may take together; beyond it they are undone and the
    /// plugin has failed. As long as they run, the feed stands still.
    /// </summary>
    public TimeSpan PluginTransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a plugin's script may take at the start; beyond it the plugin cannot be used.</summary>
    public TimeSpan PluginScriptTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Called with a sentence when the server is set up in a way that endangers what it is told to keep.
    /// </summary>
    public Action<string>? OnWarning { get; init; }
}
