using Npgsql;

namespace Tributary.Storage.Postgres.Clustering;

/// <summary>
/// How Orleans' provider for relational databases reaches the tables of the migration <c>cluster</c>.
/// </summary>
public static class PostgresClustering
{
    /// <summary>The name by which Orleans knows the database driver.</summary>
    public const string Invariant = "Npgsql";

    private const int MaxConnectionsCount = 4;

    /// <summary>The connection string of the provider, whose few connections nothing else takes.</summary>
    /// <param name="database">The connection string of the database of the messages.</param>
    public static string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(database)
        {
            ApplicationName = "tributary cluster",
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = MaxConnectionsCount,
            Options = PoolSettings.Added(database, PoolSettings.Durable),
        }.ConnectionString;
}
