using Tributary.Storage;
using Tributary.Storage.PluginTables;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Runs the script of the configuration's <c>database.init</c>: before the scripts of plugins, and once per text of the
/// script.
/// </summary>
internal static partial class InitScript
{
    /// <summary>Never the name of a plugin: those have no full stop.</summary>
    private const string Name = "database.init";

    /// <summary>The largest script.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>
    /// A missing script is only a warning: a configuration may name a script that belongs to another program.
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
