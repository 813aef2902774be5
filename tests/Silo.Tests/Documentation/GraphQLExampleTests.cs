using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>The GraphQL of the pages, asked of a running server; and how a changed aggregate is built, step by
/// step.</summary>
public sealed class GraphQLExampleTests
{
    private const string Configuration = """
        aggregates:
          - {name: cities, group: [{name: city, pointer: /city}],
            measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /v}]}

        """;

    private const string ByGroup = """
        aggregates:
          - {name: by-group, group: [{name: group, pointer: POINTER}], measures: [{name: count, kind: count}]}

        """;

    private const int StoredCount = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_operation_of_the_page_on_the_schema_is_answered_without_errors()
    {
        using var work = new WorkFolder();
        work.Write("tributary.yaml", Configuration);
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml");
        await work.RunAsync(
            "curl -sf http://127.0.0.1:8888/api/v1/messages -H 'Content-Type: application/json' -d "
            + "'{\"city\":\"Ulm\",\"v\":1}'");
        var page = DocumentPage.Of("docs/graphql-schema.md");

        foreach (var example in page.Examples.Where(example => example.Language == "graphql")
            .Select(example => example.Text))
        {
            if (!example.StartsWith("subscription", StringComparison.Ordinal))
            {
                await AskAsync(server, example);
                continue;
            }

            work.Write("operation.json", JsonSerializer.Serialize(new { query = example }));
            using var feed = work.Begin(
                "curl -sN http://127.0.0.1:8888/graphql -H 'content-type: application/json' -H 'accept: "
                + "text/event-stream' -d @operation.json");
            await feed.SaysAsync("\"celsius\":21.5", Patience);
            await feed.KillAsync();
        }

        // The subscription by curl tells of the item's next message.
        using var watched = work.Begin(
            page.Examples.Single(example => example.Text.StartsWith("curl", StringComparison.Ordinal)).Text.Replace(
                "curl -N", "exec curl -sN", StringComparison.Ordinal));
        var number = 0;
        await Waiting.UntilAsync(async () =>
        {
            await AskAsync(server,
                $$"""mutation { publish(input: { source: "sensors", itemPointer: "/sensor", externalId: "b-{{++number}}", body: "{\"sensor\":\"s-7\"}" }) { error { code } } }""");
            return watched.Said.Contains("itemChanged", StringComparison.Ordinal);
        });
        await watched.KillAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_changed_aggregate_is_built_and_switched_to_as_the_page_on_replay_says(bool isByGraphQL)
    {
        using var work = new WorkFolder();
        var page = DocumentPage.Of("docs/replay.md").Examples.ToList();
        work.Write("tributary.yaml", ByGroup.Replace("POINTER", "/group", StringComparison.Ordinal));
        work.Write("stored.ndjson",
            string.Concat(Enumerable.Range(0, StoredCount)
                .Select(number => $$"""{"group":{{number % 4}},"kind":"{{number % 3}}"}""" + "\n")));
        await using (await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml"))
            await work.RunAsync(
                "curl -sf http://127.0.0.1:8888/api/v1/messages/batch -H 'Content-Type: application/x-ndjson' "
                + "--data-binary @stored.ndjson -o answers.ndjson");

        work.Write("tributary.yaml", ByGroup.Replace("POINTER", "/kind", StringComparison.Ordinal));
        await using var server = await work.StartAsync("dotnet run --project Silo -- --config tributary.yaml");
        Assert.Contains(page.Single(
            example => example.Text.StartsWith("Generation 2", StringComparison.Ordinal)).Text.Trim(), server.Said,
                StringComparison.Ordinal);

        var shown = JsonElement.Parse(page.Single(example => example.Language == "json").Text)
            .GetProperty("generations")[0];
        if (isByGraphQL)
        {
            var operations = page.Single(example => example.Language == "graphql").Text.Split(
                '\n', StringSplitOptions.RemoveEmptyEntries);
            await AskAsync(server, operations[0]);
            await Waiting.UntilAsync(
                async () => (await AskAsync(server, operations[1])).GetRawText()
                    .Contains("COMPLETED", StringComparison.Ordinal));
            Assert.Contains("\"isLive\":true", (await AskAsync(server, operations[2])).GetRawText(),
                StringComparison.Ordinal);
            return;
        }

        var commands = page.Single(example => example.Text.StartsWith("curl", StringComparison.Ordinal)).Text.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries);
        await work.RunAsync(commands[0] + " -sf");
        await Waiting.UntilAsync(
            async () => (await GenerationAsync()).GetProperty("replay").GetProperty("status")
                .GetString() == "COMPLETED");
        var built = await GenerationAsync();
        Assert.Equal(Keys(shown), Keys(built));
        Assert.Equal(Keys(shown.GetProperty("replay")), Keys(built.GetProperty("replay")));
        Assert.Equal(StoredCount, built.GetProperty("replay").GetProperty("counted").GetInt32());
        Assert.Contains("\"isLive\":true", await work.RunAsync(commands[2] + " -sf"), StringComparison.Ordinal);

        async Task<JsonElement> GenerationAsync() => JsonElement.Parse(await work.RunAsync(commands[1] + " -sf"))
            .GetProperty("generations").EnumerateArray()
            .Single(generation => generation.GetProperty("generation").GetInt32() == 2).Clone();
    }

    private static async Task<JsonElement> AskAsync(DocumentedServer server, string query)
    {
        using var answer = await server.Http.PostAsJsonAsync(
            new Uri("graphql", UriKind.Relative), new { query }, Cancellation);
        var json = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.False(json.TryGetProperty("errors", out _), $"{query}\n{json}");
        Assert.DoesNotContain("\"error\":{", json.GetRawText(), StringComparison.Ordinal);
        return json;
    }

    private static IEnumerable<string> Keys(JsonElement json) => json.EnumerateObject().Select(field => field.Name);
}
