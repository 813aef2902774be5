using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>
/// What texts tell people to configure must exist: every key that a text of the program names is one that the
/// configuration has.
/// </summary>
public sealed partial class NamedKeysTests
{
    private static readonly string Root = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));
    private static readonly string[] Projects =
    [
        "Api", "Connectors", "Connectors.Abstractions", "Feed", "Grains", "Grains.Abstractions", "GraphQL", "Pipeline",
        "Plugins", "Plugins.Abstractions", "Rounds", "Silo", "Storage", "Storage.Abstractions",
    ];

    [Fact]
    public void Every_key_that_a_text_names_exists()
    {
        var keys = KeyPattern
            .Matches(File.ReadAllText(Path.Combine(Root, "docs", "configuration.md")))
            .Select(static row => row.Groups["key"].Value)
            .ToHashSet();
        Assert.Contains("api.origins", keys);
        var sections = keys.Where(static key => key.Contains('.', StringComparison.Ordinal))
            .Select(static key => key[..key.IndexOf('.', StringComparison.Ordinal)])
            .ToHashSet();
        var named = Texts()
            .SelectMany(text => NamePattern.Matches(text.Text).Select(name => (text.File, Key: name.Value)))
            .Where(name => sections.Contains(name.Key[..name.Key.IndexOf('.', StringComparison.Ordinal)]))
            .ToList();

        Assert.True(named.Count >= 8, "The search finds too few names to be one.");
        Assert.All(named, name =>
            Assert.True(
                keys.Contains(name.Key) || keys.Any(key => key.StartsWith(name.Key + ".", StringComparison.Ordinal)),
                $"{name.File} tells of {name.Key}, which the configuration does not have."));
    }

    [Fact]
    public void No_text_names_an_option_by_what_the_code_calls_it() =>
        Assert.Empty(
            Texts()
                .Where(static text => CodePattern.IsMatch(text.Text))
                .Select(static text => $"{text.File}: {text.Text}"));

    /// <summary>The texts between quotes, without what is put in.</summary>
    private static IEnumerable<(string File, string Text)> Texts()
    {
        foreach (var project in Projects)
        {
            foreach (
                var file in Directory.EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories))
            {
                if (file.Contains(
                    "/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal))
                    continue;
                foreach (var line in File.ReadLines(file)
                        .Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                )
                {
                    foreach (Match text in TextPattern.Matches(line))
                        yield return (
                            Path.GetRelativePath(Root, file), HolePattern.Replace(text.Groups["text"].Value, "…"));
                }
            }
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(
        @"^\| `(?<key>[a-z_.\[\]]+)` \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KeyPattern { get; }

    [GeneratedRegex("\"(?<text>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex TextPattern { get; }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HolePattern { get; }

    [GeneratedRegex(
        @"(?<![\w./-])[a-z_]+\.[a-z_]+(\.[a-z_]+)*(?![\w./(-])",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex NamePattern { get; }

    [GeneratedRegex(
        @"\b(under|set|by|see|in) (allowed|max|min)[A-Z]\w+",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex CodePattern { get; }
}
