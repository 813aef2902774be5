using Microsoft.Extensions.Logging;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;
using Tributary.Storage.Postgres;
using Tributary.Storage.Sqlite;

namespace Tributary.Silo.Hosting;

/// <summary>The store that the configuration names.</summary>
internal sealed partial class ChosenStore(IPartitionStore store, Func<IMessageLog> log)
{
    public IPartitionStore Store => store;

    /// <summary>The store's reads, once it is open.</summary>
    public IMessageLog Log => log();

    public static ChosenStore Of(SiloConfig config, TimeProvider time, ILogger logger)
    {
        if (config.DatabaseType == "postgres")
        {
            var postgres = new PostgresStore(
                new PostgresOptions { ConnectionString = config.Connection!, Lease = config.Silo.Lease, OnWarning = warning => LogWarning(logger, warning) }, time);
            return new ChosenStore(postgres, () => postgres.Log);
        }

        var sqlite = new SqliteStore(new SqliteOptions { DataDirectory = config.DataDirectory }, time);
        return new ChosenStore(sqlite, () => sqlite.Log);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
