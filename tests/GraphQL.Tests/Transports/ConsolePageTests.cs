using System.Text.RegularExpressions;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>The console for browsers.</summary>
public sealed class ConsolePageTests
{
    [Fact]
    public async Task A_browser_gets_a_page_whose_files_are_all_served_from_here()
    {
        await using var server = await TestServer.Start();
        var page = await server.Send(HttpMethod.Get, "", null, ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        Assert.Equal((200, "text/html"), (page.Status, page.MediaType));
        var links = Regex
            .Matches(
                page.Body, "(?:href|src)=\"graphql/(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1))
            .Select(m => m.Groups["file"].Value)
            .ToList();
        Assert.Equal(["console/console.css", "console/main.js"], links);
        foreach (var file in links.Append("console/client.js").Append("console/schema.js"))
        {
            var answer = await server.Send(HttpMethod.Get, "/" + file, null);
            Assert.Equal(200, answer.Status);
            Assert.DoesNotContain("http://", answer.Body);
            Assert.DoesNotContain("https://", answer.Body);
        }
        Assert.Equal(404, (await server.Send(HttpMethod.Get, "/console/index.html", null)).Status);
    }

    [Fact]
    public async Task Requests_with_a_document_are_executed_whatever_they_accept_beside_html()
    {
        await using var server = await TestServer.Start();
        var answer = await server.Send(HttpMethod.Get, "?query={hello}", null, ("accept", "text/html,*/*;q=0.8"));
        Assert.Equal((200, "application/json"), (answer.Status, answer.MediaType));
    }

    [Fact]
    public async Task A_server_may_be_without_the_page()
    {
        await using var server = await TestServer.Start(new GraphQLHttpOptions { Console = false });
        Assert.Equal(406, (await server.Send(HttpMethod.Get, "", null, ("accept", "text/html"))).Status);
        Assert.Equal(404, (await server.Send(HttpMethod.Get, "/console/main.js", null)).Status);
    }
}
