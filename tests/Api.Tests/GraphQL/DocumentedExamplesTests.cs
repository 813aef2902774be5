using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

public partial class DocumentedExamplesTests(GraphQLServerFixture fixture) : IClassFixture<GraphQLServerFixture>
{
    [Fact]
    public async Task The_examples_of_the_documentation_are_answered_without_errors()
    {
        await fixture.Server.AcceptAsync("""{"city":"Ulm","v":1}""");
        var examples = Blocks().Matches(await File.ReadAllTextAsync(PageOf())).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(5, examples.Count);
        foreach (var example in examples)
        {
            if (!example.StartsWith("subscription", StringComparison.Ordinal))
            {
                await fixture.Server.DataAsync(example);
                continue;
            }

            using var feed = await EventSubscription.OpenAsync(fixture.Server, example);
            Assert.Equal("s-7", (await feed.NextAsync("messageReceived")).GetProperty("body").GetProperty("sensor").GetString());
        }
    }

    private static string PageOf([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/graphql-schema.md");

    [GeneratedRegex("```graphql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
