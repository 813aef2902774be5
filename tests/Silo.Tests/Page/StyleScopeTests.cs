using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Page;

/// <summary>
/// A component's style reaches that component alone: each class belongs to one file of css/, and the name of the
/// class says to which. A rule that styles another component's class, or elements at large, fails here.
/// </summary>
public sealed partial class StyleScopeTests
{
    private const string Shared = "base";

    private static readonly string Folder = Repository.Path("Api/wwwroot");

    private static IEnumerable<string> Components => Directory.EnumerateFiles(Path.Combine(Folder, "css"), "*.css")
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    [Fact]
    public void A_class_is_styled_in_the_file_of_its_component_alone()
    {
        var faults = Components.SelectMany(component => Faults(component, Read(component))).ToList();

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("top", ".message-name { color: red }")]
    [InlineData("top", ".key { display: flex }")]
    [InlineData("top", ".top .message-name, .top-row { color: red }")]
    [InlineData("top", "@media (max-width: 9rem) { .key { color: red } }")]
    [InlineData("top", "nav a { color: red }")]
    [InlineData("top", ".is-good { color: red }")]
    [InlineData("top", ".top, p { color: red }")]
    public void A_rule_that_reaches_out_is_found(string component, string css) =>
        Assert.NotEmpty(Faults(component, css));

    [Fact]
    public void Every_class_that_is_used_is_styled_and_every_styled_class_is_used()
    {
        var styled = Components.SelectMany(component => Selectors(Read(component))).SelectMany(Classes).ToHashSet();
        var used = UsedClasses().ToHashSet();

        Assert.Equal([], used.Where(name => !styled.Contains(name) && !Unstyled.Contains(name))
            .Order(StringComparer.Ordinal));
        Assert.Equal([], styled.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_loads_every_file_of_styles()
    {
        var loaded = Regex.Matches(
            File.ReadAllText(Path.Combine(Folder, "index.html")),
            "href=\"css/(?<name>[a-z-]+)\\.css\"",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5));
        Assert.Equal(Components, loaded.Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    // Names that only code looks for, or that say a state for which there is no look of its own.
    private static readonly HashSet<string> Unstyled =
        ["connection-label", "connection-countdown", "failure-next", "is-string"];

    private static IEnumerable<string> Faults(string component, string css)
    {
        foreach (var selector in Selectors(css))
        {
            var classes = Classes(selector).Where(name => !name.StartsWith("is-", StringComparison.Ordinal)).ToList();
            if (component == Shared)
            {
                foreach (var name in classes.Where(
                    name => Components.Any(other => other != Shared && Owns(other, name))))
                    yield return $"css/{component}.css: \"{selector}\" styles .{name}, which belongs to a component.";
                continue;
            }

            if (component != "tokens" && !classes.Any(name => Owns(component, name)))
                yield return $"css/{component}.css: \"{selector}\" is not bound to a class .{component} or "
                    + $".{component}-…";
            foreach (var name in classes.Where(name => !Owns(component, name) && !Utilities().Contains(name)))
                yield return $"css/{component}.css: \"{selector}\" styles .{name}, which belongs to another component.";
        }
    }

    private static bool Owns(string component, string name) => name == component
        || name.StartsWith(component + "-", StringComparison.Ordinal);

    private static HashSet<string> Utilities() => [.. Selectors(Read(Shared)).SelectMany(Classes)];

    private static string Read(string component) => File.ReadAllText(Path.Combine(Folder, "css", component + ".css"));

    /// <summary>Every selector of a style sheet, those of keyframes left out.</summary>
    private static IEnumerable<string> Selectors(string css)
    {
        var plain = Keyframes.Replace(Comments.Replace(css, ""), "");
        return Preludes.Matches(plain).Select(match => match.Groups["selectors"].Value.Trim())
            .Where(prelude => !prelude.StartsWith('@'))
            .SelectMany(prelude => Commas.Split(prelude)).Select(selector => selector.Trim());
    }

    private static IEnumerable<string> Classes(string selector) => ClassNames.Matches(selector)
        .Select(match => match.Groups["name"].Value);

    /// <summary>Class names in the page and in what its scripts write; one that ends in "-" is completed by a
    /// script.</summary>
    private static IEnumerable<string> UsedClasses()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "index.html"));
        var written = HtmlClasses.Matches(page).Select(match => match.Groups["text"].Value).ToList();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "js"), "*.js", SearchOption.AllDirectories))
        {
            var values = ScriptClasses.Matches(Insertions.Replace(File.ReadAllText(file), ""))
                .Select(match => match.Value);
            written.AddRange(values.SelectMany(value => Literals.Matches(value))
                .Select(literal => literal.Groups["text"].Value));
        }

        return written.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(name => name.EndsWith('-') ? Completed(name) : [name]);
    }

    private static IEnumerable<string> Completed(string start)
    {
        string[] ends = start switch
        {
            "chart-series-" => ["0", "1", "2", "3", "4", "5"],
            "status-" => ["accepted", "completed", "skipped", "processing", "retrying", "parked"],
            "is-" => ["number", "string", "boolean", "object", "null", "active", "failed", "deactivated", "inactive"],
            _ => throw new InvalidOperationException($"Say here which classes begin with {start}."),
        };
        return ends.Select(end => start + end);
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Comments { get; }

    [GeneratedRegex(@"@keyframes [\w-]+ \{([^{}]*\{[^{}]*\})*[^{}]*\}", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Keyframes { get; }

    [GeneratedRegex(@"(?<selectors>[^{};]+)\{", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Preludes { get; }

    [GeneratedRegex(@",(?![^(]*\))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Commas { get; }

    [GeneratedRegex(@"\.(?<name>[a-z][\w-]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ClassNames { get; }

    [GeneratedRegex("class=\"(?<text>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HtmlClasses { get; }

    [GeneratedRegex(@"\$\{[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Insertions { get; }

    [GeneratedRegex(@"\bclass: [^,}\n]+|\bclassName = [^;\n]+|\bclassList\.\w+\([^,)\n]+", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ScriptClasses { get; }

    [GeneratedRegex(
        "'(?<text>[^']*)'|`(?<text>[^`]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Literals { get; }
}
