using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage;
using Tributary.Storage.Postgres;
using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The configured store. A disk that failed below the embedded database is the process's fault.</summary>
internal sealed partial class NodeStore : IAsyncDisposable
{
    public NodeStore(SiloConfig config, TimeProvider time, ProcessFault fault, ILogger<NodeStore> logger)
    {
        if (config.DatabaseType == "postgres")
        {
            var options = new PostgresOptions
            {
                ConnectionString = config.Connection!,
                OnWarning = warning => LogWarning(logger, warning),
            };
            Store = new PostgresStore(options, time);
        }
        else
        {
            var options = new SqliteOptions { DataDirectory = config.DataDirectory, OnFatal = fault.Report };
            Store = new SqliteStore(options, time);
        }
    }

    public IStore Store { get; }

    /// <summary>Known once the store is open.</summary>
    public StoreFacts? Facts { get; set; }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
