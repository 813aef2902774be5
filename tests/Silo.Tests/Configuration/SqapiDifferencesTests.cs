using System.Collections;
using System.Text.RegularExpressions;
using Tributary.Silo.Tests.Documentation;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>The page's table of what has to be changed in a configuration of sqAPI: each row is refused with the text
/// that it tells.</summary>
public sealed partial class SqapiDifferencesTests
{
    public static TheoryData<string,
        string> Rows => new(RowPattern.Matches(Section())
            .Select(row => (row.Groups["yaml"].Value, row.Groups["error"].Value)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_differs_is_named_as_the_page_says(string yaml, string error)
    {
        using var file = new ConfigurationFile();

        Assert.Contains(file.ErrorsOf(yaml, new Hashtable()), one => one.ToString()
            .Contains(": " + error, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_is_found() => Assert.InRange(Rows.Count, 15, 100);

    private static string Section()
    {
        var text = DocumentPage.Of("docs/configuration.md").Text;
        var start = text.IndexOf("### Configurations of sqAPI", StringComparison.Ordinal);
        return text[start..text.IndexOf("\n### ", start + 1, StringComparison.Ordinal)];
    }

    [GeneratedRegex("^\\| `(?<yaml>[^`]+)` \\| `(?<error>[^`]+)` \\|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex RowPattern { get; }
}
