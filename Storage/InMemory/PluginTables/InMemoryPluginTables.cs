using Tributary.Plugins;
using Tributary.Storage.PluginTables;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Sqlite.PluginTables;

namespace Tributary.Storage.InMemory.PluginTables;

/// <summary>
/// Tables of plugins in a SQLite database in memory, which survives restarts as the rest of the data does.
/// </summary>
internal sealed class InMemoryPluginTables(InMemoryDatabase database, InMemoryGate gate) : IPluginTables
{
    public async ValueTask InitialiseAsync(string plugin, string script, CancellationToken cancellation)
    {
        PluginScript.Check(plugin, script);
        await gate.RunAsync(StoreCall.PluginTables, () =>
        {
            try
            {
                SqlitePluginSession.Initialise(database.PluginConnection, plugin, script);
                return true;
            }
            catch (SqliteException e)
            {
                throw PluginScript.Failed(plugin, e.Message, e);
            }
        });
    }

    public ValueTask<bool> ApplyAsync(
        MessageId message,
        string plugin,
        int generation,
        IReadOnlyList<PluginCommand> commands,
        CancellationToken cancellation)
    {
        PluginCommands.Check(commands);
        return gate.RunAsync(StoreCall.PluginTables, () =>
            SqlitePluginSession.Apply(
                database.PluginConnection, message, plugin, generation, commands, CancellationToken.None));
    }
}
