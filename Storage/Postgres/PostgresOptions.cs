namespace Tributary.Storage.Postgres;

/// <summary>Options of the PostgreSQL store.</summary>
public sealed class PostgresOptions
{
    /// <summary>
    /// An Npgsql connection string. The store keeps its own connections, whatever the string says of pooling.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Partitions of a new database; an existing database keeps its number.</summary>
    public int PartitionCount { get; init; } = 256;

    /// <summary>
    /// How long a commit may take before its outcome counts as unknown, and how long a declaration of death waits for a
    /// commit of the silo. Also bounds a silent connection.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a join waits for a silo that may be dead before it reports the database as busy.</summary>
    public TimeSpan JoinWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a migration waits for a lock before it gives up, so that it never queues up the traffic of others.
    /// </summary>
    public TimeSpan MigrationLockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections for reads of queries and of the feed; a further read waits while all are in use.</summary>
    public int ReadConnectionCount { get; init; } = 4;

    /// <summary>
    /// Connections for the engine's loads, checks and reads, which no query can take; a further read waits. The session
    /// that commits is apart from them.
    /// </summary>
    public int LoadConnectionCount { get; init; } = 3;

    /// <summary>
    /// Connections for the states and reminders of ordinary grains; a further batch of them waits. Many grains share
    /// each.
    /// </summary>
    public int GrainStateConnectionCount { get; init; } = 3;

    /// <summary>
    /// From this many new rows of one table on, the rows go by COPY; fewer rows go with the rest of the round in one
    /// round trip.
    /// </summary>
    public int CopyFromRowCount { get; init; } = 200;

    /// <summary>Connections for the commands of plugins; further transactions wait.</summary>
    public int PluginConnectionCount { get; init; } = 2;

    /// <summary>
    /// How long the commands that a plugin returns for one message may take together; then they are rolled back and the
    /// plugin has failed. While they run, the feed stands still.
    /// </summary>
    public TimeSpan PluginTransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a plugin's script may take at the start; then the plugin cannot be used.</summary>
    public TimeSpan PluginScriptTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Called with a sentence when the settings of the server endanger stored data.</summary>
    public Action<string>? OnWarning { get; init; }
}
