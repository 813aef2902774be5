using System.Text.Json;
using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using YamlDotNet.Serialization;

namespace Tributary.Grains.Tests.Definitions;

public sealed class DocumentedExamplesTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "aggregates.md"));

    [Fact]
    public void The_example_of_the_page_is_valid_and_counts()
    {
        using var json = JsonDocument.Parse(ToJson(Block("yaml")));
        var definitions = AggregateDefinition.ParseAll(json.RootElement.GetProperty("aggregates"));
        Assert.Equal(["quakes-by-network", "quakes-by-day"], definitions.Select(definition => definition.Name));

        var quake = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "earthquakes.ndjson")).First();
        var calculator = new ContributionCalculator([
            .. definitions.Select((definition, index) => new DefinedGeneration(index, definition)),
        ]);
        Assert.Equal(
            ["0/0/[\"uw\"]", "1/1517356800000/[]"],
            calculator
                .Calculate("usgs", System.Text.Encoding.UTF8.GetBytes(quake), FakeTurn.Start)
                .Select(one => one.Aggregate.Key));
    }

    [Fact]
    public void The_error_of_the_page_is_the_one_that_is_given()
    {
        using var json = JsonDocument.Parse(
            """[{"name":"a","measures":[{"name":"n","kind":"count"}]},{"name":"b","measures":[{"name":"n","kind":"avg","pointer":"/x"}]}]""");
        var error = Assert.Throws<DefinitionException>(() => AggregateDefinition.ParseAll(json.RootElement));
        Assert.Equal(Block("").Trim(), error.Message);
    }

    [Fact]
    public void The_page_names_every_reason_of_refusal() =>
        Assert.All(Enum.GetNames<RefusalReason>(), reason =>
            Assert.Contains($"| `{reason}` |", Page, StringComparison.Ordinal));

    private static string Block(string language)
    {
        var start = Page.IndexOf(
            $"```{language}\n",
            Page.IndexOf(language == "" ? "definition_invalid" : "## An example", StringComparison.Ordinal),
            StringComparison.Ordinal);
        var text = Page[(start + 4 + language.Length)..];
        return text[..text.IndexOf("```", StringComparison.Ordinal)];
    }

    private static string ToJson(string yaml) =>
        new SerializerBuilder()
            .JsonCompatible()
            .Build()
            .Serialize(
                new DeserializerBuilder()
                    .WithAttemptingUnquotedStringTypeDeserialization()
                    .Build()
                    .Deserialize<object>(yaml)!);
}
