using System.Security.Cryptography;
using System.Text;
using Tributary.Storage.Rows;

namespace Tributary.Storage.PluginTables;

/// <summary>A script of a plugin, known by its hash.</summary>
internal static class PluginScript
{
    /// <summary>SHA-256 in hexadecimal digits.</summary>
    public static string HashOf(string script) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    /// <exception cref="StoreException">No store can hold the text.</exception>
    public static void Check(string plugin, string script)
    {
        if (!StorableText.Fits(script))
            throw Failed(plugin, "it holds U+0000 or half of a surrogate pair", null);
    }

    /// <param name="option">The name of the limit.</param>
    public static StoreException TookTooLong(string plugin, TimeSpan timeout, string option, Exception inner) =>
        Failed(plugin, $"it took longer than {timeout.TotalSeconds:0.###} s ({option}) and was undone", inner);

    public static StoreException Failed(string plugin, string error, Exception? inner) =>
        new(StoreFault.Fatal, $"The script of plugin '{StorableText.Clean(plugin)}' failed: {error}", inner);
}
