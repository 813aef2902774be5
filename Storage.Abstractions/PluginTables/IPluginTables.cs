using Tributary.Plugins;

namespace Tributary.Storage.PluginTables;

/// <summary>Tables that plugins own, beside the platform's.</summary>
public interface IPluginTables
{
    /// <summary>Runs a plugin's script once per text of it: in one transaction, which remembers its hash.</summary>
    /// <exception cref="StoreException">The script fails; names the statement's error.</exception>
    ValueTask InitialiseAsync(string plugin, string script, CancellationToken cancellation);

    /// <summary>
    /// Runs the commands in one transaction whose first statement inserts (message, plugin, generation) under a primary
    /// key; when that is there already, nothing else is done. Returns false then.
    /// </summary>
    /// <exception cref="PluginException">A command fails for its data; nothing was stored.</exception>
    /// <exception cref="StoreException">
    /// The database does not answer; nothing was stored, or the next try finds that it was.
    /// </exception>
    ValueTask<bool> ApplyAsync(
        MessageId message, string plugin, int generation, IReadOnlyList<PluginCommand> commands,
        CancellationToken cancellation);
}
