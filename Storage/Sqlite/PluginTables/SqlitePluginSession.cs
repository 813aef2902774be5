using Tributary.Plugins;
using Tributary.Storage.PluginTables;

namespace Tributary.Storage.Sqlite.PluginTables;

/// <summary>Runs scripts and commands of plugins on one connection, each in one transaction.</summary>
internal static class SqlitePluginSession
{
    private const string Tables =
        """
        create table if not exists plugin_scripts(
            plugin text not null,
            hash text not null,
            primary key (plugin, hash)
        ) without rowid;
        create table if not exists plugin_runs(
            message_id blob not null,
            plugin text not null,
            generation integer not null,
            primary key (message_id, plugin, generation)
        ) without rowid;
        """;

    /// <summary>Makes the tables that record which scripts and commands have run.</summary>
    public static void Create(SqliteConnection connection) => connection.Execute(Tables);

    public static void Initialise(SqliteConnection connection, string plugin, string script) =>
        InTransaction(connection, () =>
        {
            var added = connection
                .Prepare("insert into plugin_scripts(plugin, hash) values (?, ?) on conflict do nothing")
                .Bind(plugin)
                .Bind(PluginScript.HashOf(script))
                .Run();
            if (added > 0)
                connection.Execute(script);
            return true;
        });

    /// <param name="isLate">Asked before each command: true ends the transaction.</param>
    /// <exception cref="PluginException">A command fails for its data.</exception>
    public static bool Apply(
        SqliteConnection connection,
        MessageId message,
        string plugin,
        int generation,
        IReadOnlyList<PluginCommand> commands,
        CancellationToken isLate
    ) => InTransaction(connection, () =>
        {
            var added = connection
                .Prepare(
                    "insert into plugin_runs(message_id, plugin, generation) values (?, ?, ?) on conflict do nothing")
                .Bind(message.Value)
                .Bind(plugin)
                .Bind(generation)
                .Run();
            if (added == 0)
                return false;

            for (var i = 0; i < commands.Count; i++)
            {
                isLate.ThrowIfCancellationRequested();
                try
                {
                    Run(connection, commands[i]);
                }
                catch (SqliteException e) when (e.IsRefusal || e.IsMistake)
                {
                    throw PluginCommands.Failed(i + 1, e.Message, mayHelpToRetry: false, e);
                }
            }

            return true;
        });

    private static void Run(SqliteConnection connection, PluginCommand command)
    {
        // Not kept: a plugin may write values into the text, so that no two texts are the same.
        using var statement = connection.PrepareOnce(command.Sql);
        statement?.Run(command.Parameters);
    }

    private static bool InTransaction(SqliteConnection connection, Func<bool> work)
    {
        connection.Execute("begin immediate");
        try
        {
            var result = work();
            connection.Execute("commit");
            return result;
        }
        finally
        {
            connection.RollBackIfOpen();
        }
    }
}
