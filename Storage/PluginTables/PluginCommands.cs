using Tributary.Plugins;
using Tributary.Storage.Rows;

namespace Tributary.Storage.PluginTables;

/// <summary>The rules for commands of plugins on every store, checked before the database is asked.</summary>
internal static class PluginCommands
{
    /// <summary>
    /// Words that a command must not begin with: they end the transaction that makes a message count once, or reach
    /// beyond the database.
    /// </summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "abort",
        "attach",
        "begin",
        "commit",
        "copy",
        "detach",
        "end",
        "pragma",
        "prepare",
        "release",
        "reset",
        "rollback",
        "savepoint",
        "set",
        "start",
        "vacuum",
    };

    /// <exception cref="PluginException">A command breaks a rule.</exception>
    public static void Check(IReadOnlyList<PluginCommand> commands)
    {
        if (commands.Count > PluginResult.MaxCommandsCount)
            throw Refusal(
                $"The plugin returns {commands.Count} commands; allowed are {PluginResult.MaxCommandsCount}.");

        for (var i = 0; i < commands.Count; i++)
        {
            if (!StorableText.Fits(commands[i].Sql))
                throw Refusal($"Command {i + 1} holds U+0000 or half of a surrogate pair.");
            if (FirstWord(commands[i].Sql) is var word && Refused.Contains(word.ToString()))
                throw Refusal($"Command {i + 1} begins with '{word}'; the transaction is the platform's.");
            for (var p = 0; p < commands[i].Parameters.Count; p++)
                Check(commands[i].Parameters[p], i + 1, p + 1);
        }
    }

    /// <param name="number">The number of the command, from 1.</param>
    public static PluginException Failed(int number, string error, bool mayHelpToRetry, Exception inner) =>
        new($"Command {number} failed: {error}", mayHelpToRetry, inner);

    /// <summary>The commands took too long; a later try may be faster.</summary>
    /// <param name="option">The name of the limit.</param>
    public static PluginException TookTooLong(TimeSpan timeout, string option, Exception inner) =>
        new(
            $"The plugin's commands took longer than {timeout.TotalSeconds:0.###} s ({option}) and were undone.",
            mayHelpToRetry: true,
            inner);

    public static PluginException Refusal(string message) => new(message, mayHelpToRetry: false);

    private static void Check(object? value, int command, int parameter)
    {
        if (value is not (null or string or long or double or bool or byte[] or ReadOnlyMemory<byte>))
        {
            throw Refusal(
                $"Parameter ${parameter} of command {command} is of type {value.GetType().Name}; allowed are null, "
                + "string, long, double, bool and bytes.");
        }

        if (value is string text && !StorableText.Fits(text))
            throw Refusal($"Parameter ${parameter} of command {command} holds U+0000 or half of a surrogate pair.");
    }

    /// <summary>The first word behind white space and comments.</summary>
    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> sql)
    {
        while (true)
        {
            sql = sql.TrimStart([' ', '\t', '\r', '\n', '\f', '\v', ';']);
            if (sql.StartsWith("--"))
                sql = sql[(sql.IndexOf('\n') is var end and >= 0 ? end : sql.Length)..];
            else if (sql.StartsWith("/*"))
                sql = sql[(sql.IndexOf("*/") is var end and >= 0 ? end + 2 : sql.Length)..];
            else
                break;
        }

        var length = 0;
        while (length < sql.Length && char.IsAsciiLetter(sql[length]))
            length++;
        return sql[..length];
    }
}
