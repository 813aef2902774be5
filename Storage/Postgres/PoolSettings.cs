using Npgsql;

namespace Tributary.Storage.Postgres;

/// <summary>What pooled sessions are started with: it outranks the server, the database and the role.</summary>
internal static class PoolSettings
{
    /// <summary>
    /// Waits for the disk, as the session that commits does: pools write as well (definitions, switches, tables of
    /// plugins), and their callers are told that it is stored.
    /// </summary>
    public const string Durable = "-c synchronous_commit=on";

    /// <summary>These settings behind those that the operator's connection string asks for, which stay.</summary>
    public static string Added(string connectionString, string settings) =>
        $"{new NpgsqlConnectionStringBuilder(connectionString).Options} {settings}".TrimStart();
}
