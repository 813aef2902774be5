using Npgsql;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>Reads the database of the messages. The connection is a string, or a map of its parts.</summary>
internal static class DatabaseReader
{
    private const string ConnectionAllowed =
        "with type postgres a connection string for Npgsql such as "
        + "Host=db;Database=tributary;Username=tributary;Password=${PASSWORD}, or a map with host, port, name, user, "
        + "password, timeout";

    private const string InitAllowed = "the path of an SQL script";

    /// <param name="baseFolder">The folder where a relative path of the script starts.</param>
    public static DatabaseConfig Read(ConfigField field, string baseFolder)
    {
        var database = field.Section("type", "connection", "init");
        var init = database["init"].Text(InitAllowed);
        return new DatabaseConfig(ReadConnection(database), init is null ? null : Path.GetFullPath(init, baseFolder));
    }

    private static string? ReadConnection(ConfigSection database)
    {
        var type = database["type"].OneOf("sqlite", "postgres");
        var connection = database["connection"];
        if (type != "postgres")
        {
            if (connection.IsSet && (type is not null || !database["type"].IsSet))
                connection.Fail("nothing, except with type: postgres", isSecret: true);
            return null;
        }

        return connection.Node is ConfigMap ? FromParts(connection) : FromText(connection);
    }

    private static string FromParts(ConfigField connection)
    {
        var parts = connection.Section("host", "port", "name", "user", "password", "timeout");
        if (!parts["host"].IsSet)
            parts["host"].Fail("the name or address of the server");
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = parts["host"].Text("the name or address of the server"),
            Port = (int)(parts["port"].Whole(1, 65_535, "port") ?? 5432),
            Database = parts["name"].Text("the name of the database") ?? "postgres",
            Username = parts["user"].Text("the name of a user") ?? "postgres",
            Timeout = (int)(parts["timeout"].Whole(1, 1_024, "seconds") ?? 15),
        };
        if (parts["password"].Text("a text", isSecret: true) is { } password)
            builder.Password = password;
        return builder.ConnectionString;
    }

    private static string? FromText(ConfigField connection)
    {
        if (connection.Text(ConnectionAllowed, isSecret: true) is not { } text)
        {
            if (!connection.IsSet)
                connection.Fail(ConnectionAllowed);
            return null;
        }

        try
        {
            if (new NpgsqlConnectionStringBuilder(text).Host is null or "")
                connection.Fail("a connection string without Host (not shown here)", ConnectionAllowed);
            return text;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The message may hold a piece of the password, so it is not passed on.
            connection.Fail("a connection string that cannot be read (not shown here)", ConnectionAllowed);
            return null;
        }
    }
}

/// <param name="Connection">
/// The connection string of PostgreSQL, or null for the embedded database. Holds a password: never logged.
/// </param>
/// <param name="InitScript">The full path of a script that is run once per text of it, or null.</param>
internal sealed record DatabaseConfig(string? Connection, string? InitScript);
