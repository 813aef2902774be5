using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>A page of the documentation, as its readers see it.</summary>
internal sealed partial class DocumentPage
{
    private DocumentPage(string path)
    {
        Path = path;
        Text = Repository.Read(path);
    }

    /// <summary>From the root of the repository, with slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Every page: those of the root, of <c>docs</c> and of <c>samples</c>.</summary>
    public static IReadOnlyList<DocumentPage> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Path("samples"), "*.md", SearchOption.AllDirectories))
            .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal)
                && !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new DocumentPage(path)),
    ];

    public static DocumentPage Of(string path) => All.Single(page => page.Path == path);

    /// <summary>What stands between fences, in order.</summary>
    public IEnumerable<Example> Examples => FencePattern.Matches(Text).Select(match => new Example(
        Path, Text.AsSpan(0, match.Index).Count('\n') + 1, match.Groups["language"].Value, match.Groups["text"].Value));

    /// <summary>The targets of links and pictures outside of fences that do not leave the repository.</summary>
    public IEnumerable<string> Links => LinkPattern.Matches(FencePattern.Replace(Text, ""))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal));

    /// <summary>The names that a link can give to a place of this page, as GitHub makes them of headings.</summary>
    public IEnumerable<string> Anchors => HeadingPattern.Matches(FencePattern.Replace(Text, ""))
        .Select(match => NotInAnchors.Replace(
            LinkTextPattern.Replace(match.Groups["heading"].Value, "${text}").Trim().ToLowerInvariant(), "")
                .Replace(' ', '-'));

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<text>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
            matchTimeoutMilliseconds: 60_000)]
    private static partial Regex FencePattern { get; }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex LinkPattern { get; }

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex LinkTextPattern { get; }

    [GeneratedRegex("^#+ (?<heading>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HeadingPattern { get; }

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex NotInAnchors { get; }
}

/// <param name="Line">Of the opening fence.</param>
/// <param name="Language">Empty for commands, answers and drawings.</param>
internal sealed record Example(string Page, int Line, string Language, string Text)
{
    /// <summary>Names the example for as long as its first line stays.</summary>
    public string Name => $"{Page}: {Text.Split('\n')[0].Trim()}";

    public override string ToString() => $"{Page}:{Line}";
}
