using System.Runtime.CompilerServices;

namespace Tributary.Api.Tests.GraphQL;

public class DocumentedExamplesTests(GraphQLServerFixture fixture) : IClassFixture<GraphQLServerFixture>
{
    [Fact]
    public async Task The_examples_of_the_documentation_are_answered_without_errors()
    {
        await fixture.Server.AcceptAsync("""{"city":"Ulm","v":1}""");
        var examples = (await File.ReadAllTextAsync(PageOf()))
            .Split("```graphql\n")
            .Skip(1)
            .Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)])
            .ToList();

        Assert.Equal(12, examples.Count);
        foreach (var example in examples)
        {
            if (!example.StartsWith("subscription", StringComparison.Ordinal))
            {
                await fixture.Server.DataAsync(example);
                continue;
            }

            using var feed = await EventSubscription.OpenAsync(fixture.Server, example);
            Assert.Equal(
                "s-7", (await feed.NextAsync("messageReceived")).GetProperty("body").GetProperty("sensor").GetString());
        }
    }

    private static string PageOf([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/graphql-schema.md");
}
