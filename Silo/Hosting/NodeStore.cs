using Tributary.Silo.Configuration;
using Tributary.Storage;
using Tributary.Storage.Postgres;
using Tributary.Storage.Sqlite;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The configured store and its log. A disk that failed below the embedded database is the process's fault.
/// </summary>
internal sealed partial class NodeStore : IAsyncDisposable
{
    private readonly Func<IMessageLog> log;
    private readonly Func<IGenerations> generations;
    private readonly Func<IMessageQueries> queries;
    private readonly Func<IProcessingQueries> processing;
    private readonly Func<IPluginTables> tables;
    private readonly Func<IDeliveryStarts> deliveries;

    public NodeStore(SiloConfig config, TimeProvider time, ProcessFault fault, ILogger<NodeStore> logger)
    {
        if (config.DatabaseType == "postgres")
        {
            var options = new PostgresOptions
            {
                ConnectionString = config.Connection!,
                OnWarning = warning => LogWarning(logger, warning),
            };
            var postgres = new PostgresStore(options, time);
            Store = postgres;
            log = () => postgres.Log;
            generations = () => postgres.Generations;
            queries = () => postgres.Queries;
            processing = () => postgres.Processing;
            tables = () => postgres.PluginTables;
            deliveries = () => postgres.DeliveryStarts;
        }
        else
        {
            var options = new SqliteOptions { DataDirectory = config.DataDirectory, OnFatal = fault.Report };
            var sqlite = new SqliteStore(options, time);
            Store = sqlite;
            log = () => sqlite.Log;
            generations = () => sqlite.Generations;
            queries = () => sqlite.Queries;
            processing = () => sqlite.Processing;
            tables = () => sqlite.PluginTables;
            deliveries = () => sqlite.DeliveryStarts;
        }
    }

    public IPartitionStore Store { get; }

    /// <summary>Known once the store is open.</summary>
    public IMessageLog Log => log();

    /// <summary>Known once the store is open.</summary>
    public IGenerations Generations => generations();

    /// <summary>Known once the store is open.</summary>
    public IMessageQueries Queries => queries();

    /// <summary>Known once the store is open.</summary>
    public IProcessingQueries Processing => processing();

    /// <summary>Known once the store is open.</summary>
    public IPluginTables PluginTables => tables();

    /// <summary>Known once the store is open.</summary>
    public IDeliveryStarts DeliveryStarts => deliveries();

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
