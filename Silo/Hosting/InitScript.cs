using Tributary.Storage;
using Tributary.Storage.PluginTables;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The script of the configuration's <c>database.init</c>: run before the plugins' own, once per text of it.
/// </summary>
internal static partial class InitScript
{
    /// <summary>No plugin's name has a full stop.</summary>
    private const string Name = "database.init";

    /// <summary>The largest script.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>
    /// A script that is not there is only warned of: a configuration may name one that belongs to another program.
    /// </summary>
    /// <param name="path">Null without a script.</param>
    /// <exception cref="StoreException">The script is too large, or the database refuses it.</exception>
    public static async Task RunAsync(
        string? path, IPluginTables tables, ILogger logger, CancellationToken cancellation)
    {
        if (path is null)
            return;
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            LogMissing(logger, path);
            return;
        }

        if (file.Length > MaxBytes)
            throw new StoreException(
                StoreFault.Fatal, $"{Name}: found {path} of {file.Length} bytes; allowed: at most {MaxBytes} bytes.");
        try
        {
            await tables.InitialiseAsync(Name, await File.ReadAllTextAsync(path, cancellation), cancellation);
        }
        catch (StoreException error)
        {
            throw new StoreException(error.Fault, $"{path}: {error.Message}", error);
        }
    }
}
