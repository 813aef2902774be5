using System.Text.RegularExpressions;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>What the pages of the documentation point at is there.</summary>
public sealed partial class LinkTests
{
    private const string Start = "docs/README.md";

    // Ports beside ours that the pages name, and whose they are.
    private static readonly Dictionary<int, string> Foreign = new()
    {
        [5000] = "Keystone", [5001] = "sqAPI's ZeroMQ", [5432] = "PostgreSQL", [5556] = "an example of ZeroMQ",
        [5671] = "RabbitMQ over TLS",
        [5672] = "RabbitMQ", [6379] = "Redis", [8080] = "Swift's proxy, and an example of a web server",
        [8889] = "the second process of an example", [8890] = "the API node of an example",
        [9000] = "MinIO", [10000] = "Azurite", [9] = "discard: a port where nobody listens",
    };

    [Fact]
    public void Every_link_leads_to_a_file_and_to_a_heading_that_are_there()
    {
        var faults = new List<string>();
        foreach (var page in DocumentPage.All)
        {
            foreach (var link in page.Links)
            {
                if (Target(page, link) is not { } target
                    || !(File.Exists(Repository.Path(target)) || Directory.Exists(Repository.Path(target))))
                    faults.Add($"{page.Path}: {link} leads nowhere.");
                else if (link.Split('#') is [_, var anchor] && !DocumentPage.Of(target).Anchors.Contains(anchor))
                    faults.Add($"{page.Path}: {link}: there is no such heading in {target}.");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_page_of_the_documentation_is_reached_from_its_start()
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([Start]);
        while (open.TryPop(out var path))
        {
            if (!reached.Add(path))
                continue;
            var page = DocumentPage.Of(path);
            foreach (var target in page.Links.Select(link => Target(page, link)).OfType<string>()
                .Where(target => DocumentPage.All.Any(one => one.Path == target)))
                open.Push(target);
        }

        Assert.Equal([], DocumentPage.All.Select(page => page.Path)
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal)).Except(reached));
    }

    [Fact]
    public void The_start_links_every_page_beside_it()
    {
        var start = DocumentPage.Of(Start);
        var linked = start.Links.Select(link => Target(start, link)).ToHashSet();
        Assert.Equal([], Directory.EnumerateFiles(Repository.Path("docs"), "*.md")
            .Select(file => "docs/" + Path.GetFileName(file)).Where(page => page != Start && !linked.Contains(page)));
    }

    [Fact]
    public void Every_port_is_the_one_that_the_server_listens_on_or_that_of_a_named_other_server()
    {
        var faults = Texts().SelectMany(text => PortPattern.Matches(text.Text)
            .Select(match => int.Parse(match.Groups["port"].Value))
            .Where(port => port != 8888 && !Foreign.ContainsKey(port))
            .Select(port => $"{text.Path}: port {port}")).ToList();
        Assert.Equal([], faults);
        // Of other servers' ports none may stand where the path is one of ours.
        Assert.Equal([], Texts().SelectMany(text => OurPathPattern.Matches(text.Text).Select(match => match.Value)
            .Where(url => !url.Contains(":8888/", StringComparison.Ordinal)).Select(url => $"{text.Path}: {url}")));
    }

    [Theory]
    [InlineData("localhost:8080/api/v1/messages")]
    [InlineData("http://127.0.0.1:8080/graphql")]
    [InlineData("http://127.0.0.1:9999/")]
    public void A_wrong_port_is_found(string text) =>
        Assert.True(OurPathPattern.Matches(text).Any(match => !match.Value.Contains(":8888/", StringComparison.Ordinal))
            || PortPattern.Matches(text).Any(match => !Foreign.ContainsKey(int.Parse(match.Groups["port"].Value))));

    [Fact]
    public void The_licence_is_there_and_named() =>
        Assert.StartsWith("MIT License\n\nCopyright (c) 2026 the Tributary authors\n", Repository.Read("LICENSE"),
            StringComparison.Ordinal);

    private static IEnumerable<(string Path, string Text)> Texts() =>
        DocumentPage.All.Select(page => (page.Path, page.Text))
            .Concat(Directory.EnumerateFiles(Repository.Path("samples"), "*.yaml")
                .Select(file => (Path.GetFileName(file), File.ReadAllText(file))));

    private static string? Target(DocumentPage page, string link)
    {
        var file = link.Split('#')[0];
        var full = file.Length == 0 ? Repository.Path(page.Path)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.Path(page.Path))!, file));
        var relative = Path.GetRelativePath(Repository.Root, full).Replace('\\', '/');
        return relative.StartsWith("..", StringComparison.Ordinal) ? null : relative;
    }

    [GeneratedRegex(
        @"(?:localhost|127\.0\.0\.1|\*|[a-z-]+\.(?:internal|example\.org)):(?<port>\d+)|\bport: '?(?<port>\d+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex PortPattern { get; }

    [GeneratedRegex(@"(?:localhost|127\.0\.0\.1):\d+/(?:api/|graphql|docs|openapi|ws/|health|#)[^\s'""`]*",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OurPathPattern { get; }
}
