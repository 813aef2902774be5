using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>Compares answers with those of a page: what differs from run to run counts as the same.</summary>
internal static partial class Answers
{
    public static string Mask(string text) =>
        VariablePattern.Replace(text.ReplaceLineEndings("\n").Trim(), "\"${key}\":\"…\"");

    /// <summary>A page's commands, which stand behind "$ ", each with the answer that follows it.</summary>
    public static IEnumerable<(string Command, string Answer)> Dialogue(string text)
    {
        var parts = ("\n" + text).Split("\n$ ", StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            var lines = part.Split('\n');
            // A command goes on in the next line for as long as its line ends in a backslash.
            var length = Array.FindIndex(lines, line => !line.EndsWith('\\')) + 1;
            yield return (string.Join('\n', lines[..length]), string.Join('\n', lines[length..]).Trim());
        }
    }

    [GeneratedRegex("\"(?<key>id|item|cursor|paginationId|createdAt|startedAt|endedAt)\":\"[^\"]*\"",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex VariablePattern { get; }
}
