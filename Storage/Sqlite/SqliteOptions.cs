namespace Tributary.Storage.Sqlite;

/// <summary>Options of the embedded store.</summary>
public sealed class SqliteOptions
{
    /// <summary>The name of the database's file in <see cref="DataDirectory"/>.</summary>
    public const string FileName = "tributary.db";

    /// <summary>The name of the file of the tables that plugins own, in <see cref="DataDirectory"/>.</summary>
    public const string PluginsFileName = "plugins.db";

    /// <summary>The folder of the database; created when it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Partitions of a new database; an existing database keeps its number.</summary>
    public int PartitionCount { get; init; } = 256;

    /// <summary>Connections for reads of queries and of the feed; a further read waits while all are in use.</summary>
    public int ReadConnectionCount { get; init; } = 4;

    /// <summary>Connections for the engine's loads and reads, which no query can take; a further read waits.</summary>
    public int LoadConnectionCount { get; init; } = 2;

    /// <summary>The page cache of the writing connection.</summary>
    public int WriterCacheKiB { get; init; } = 128 * 1024;

    /// <summary>The page cache of each reading connection.</summary>
    public int ReaderCacheKiB { get; init; } = 8 * 1024;

    /// <summary>The largest part of the file that is mapped into memory.</summary>
    public long MmapBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Pages of 4 KiB in the write-ahead log after which a commit also writes them into the database.
    /// </summary>
    public int CheckpointPageCount { get; init; } = 64 * 1024;

    /// <summary>
    /// How long the commands that a plugin returns for one message may take together; beyond it they are undone and the
    /// plugin has failed.
    /// </summary>
    public TimeSpan PluginTransactionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a plugin's script may take at the start; beyond it the plugin cannot be used.</summary>
    public TimeSpan PluginScriptTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Called when the disk failed below the database, after which nothing that memory holds can be trusted to become
    /// durable: the process is to end. The store writes nothing from then on, and says so to everybody who asks it to.
    /// </summary>
    public Action<Exception> OnFatal { get; init; } = static _ => { };

    internal string DatabasePath => Path.Combine(DataDirectory, FileName);

    internal string PluginsPath => Path.Combine(DataDirectory, PluginsFileName);
}
