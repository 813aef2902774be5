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

    /// <summary>
    /// Besides, statements find their rows by the index, for each row of an array in its order. A plan that was made
    /// while a table was small would read the whole of it for ever.
    /// </summary>
    public const string DurableByIndex = Durable + " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off "
        + "-c enable_hashjoin=off -c enable_mergejoin=off";

    /// <summary>These settings, after those of the operator's connection string, which stay.</summary>
    public static string Added(string connectionString, string settings) =>
        $"{new NpgsqlConnectionStringBuilder(connectionString).Options} {settings}".TrimStart();
}
