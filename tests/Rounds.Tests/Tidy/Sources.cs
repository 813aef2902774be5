using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tributary.Rounds.Tests.Tidy;

/// <summary>The files of this repository, as a test finds them beside its own source.</summary>
internal static class Sources
{
    private static readonly string[] Generated = ["bin", "obj", "node_modules", "data", "artifacts"];

    public static string Root { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    /// <summary>Paths from the root, with slashes, of files with this extension that people wrote.</summary>
    public static IReadOnlyList<string> Files(string extension) =>
        [
            .. Walk(Root, extension)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>
    /// "path:line: what was found" for each line that matches, comments and the tidy tests themselves left out.
    /// </summary>
    public static IEnumerable<string> Find(
        IEnumerable<string> files, [StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        foreach (var file in files.Where(file => !file.Contains("/Tidy/", StringComparison.Ordinal)))
        {
            var number = 0;
            foreach (var line in File.ReadLines(Path.Combine(Root, file)))
            {
                number++;
                if (
                    !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                    && regex.Match(line) is { Success: true } match)
                    yield return $"{file}:{number}: {match.Value}";
            }
        }
    }

    private static IEnumerable<string> Walk(string folder, string extension) =>
        Directory.EnumerateFiles(folder, "*" + extension).Concat(Directory.EnumerateDirectories(folder)
            .Where(sub => !Generated.Contains(Path.GetFileName(sub)) && !Path.GetFileName(sub).StartsWith('.'))
            .SelectMany(sub => Walk(sub, extension)));

    private static string Here([CallerFilePath] string path = "") => path;
}
