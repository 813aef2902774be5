using Npgsql;

namespace Tributary.Storage.Postgres;

/// <summary>
/// Start options of pooled sessions; they take precedence over settings of the server, the database and the role.
/// </summary>
internal static class PoolSettings
{
    /// <summary>
    /// Commits wait for the disk, as in the session that commits rounds: pools write as well (definitions, switches,
    /// tables of plugins), and their callers are told that the data is stored.
    /// </summary>
    public const string Durable = "-c synchronous_commit=on";

    /// <summary>These settings, after those of the operator's connection string, which stay.</summary>
    public static string Added(string connectionString, string settings) =>
        $"{new NpgsqlConnectionStringBuilder(connectionString).Options} {settings}".TrimStart();
}
