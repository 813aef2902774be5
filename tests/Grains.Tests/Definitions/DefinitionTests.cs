using System.Text;
using System.Text.Json;
using Tributary.Grains.Tests.Contributions;
using Tributary.Pipeline.Definitions;

namespace Tributary.Grains.Tests.Definitions;

public sealed class DefinitionTests
{
    private const string Full = """
        {"window":{"format":"unix-ms","time":"/time","by":"event","size":"1d"},"name":"quakes",
          "sources":["usgs","emsc","usgs"],
         "group":[{"pointer":"/network","name":"network"}],
         "measures":[{"kind":"count","name":"count"},{"name":"magnitude","kind":"mean","pointer":"/magnitude"},
                     {"name":"q","kind":"quantiles","pointer":"/magnitude","quantiles":[0.9,0.5]}]}
        """;

    [Fact]
    public void A_definition_has_one_normal_form_and_hash()
    {
        var definition = Calculations.Define(Full);
        Assert.Equal(
            """{"name":"quakes","sources":["emsc","usgs"],"group":[{"name":"network","pointer":"/network"}],"measures":[{"name":"count","kind":"count"},{"name":"magnitude","kind":"mean","pointer":"/magnitude"},{"name":"q","kind":"quantiles","pointer":"/magnitude","quantiles":[0.5,0.9]}],"window":{"size":"86400000ms","by":"event","time":"/time","format":"unix-ms"}}""",
            Encoding.UTF8.GetString(definition.Json.Span));
        // Frozen: another hash would make a new generation of every definition in every database.
        Assert.Equal("8f504824b1d49e59b2e86e578066c028aeb2a81c4e8b74cc08354413571fa364", definition.Hash);
    }

    [Fact]
    public void The_normal_form_reads_as_the_same_definition()
    {
        var definition = Calculations.Define(Full);
        var again = AggregateDefinition.Parse(definition.Json);
        Assert.Equal(definition.Hash, again.Hash);
        Assert.Equal(definition.Window, again.Window);
    }

    [Theory]
    [InlineData("""{"name":"quakes2","measures":[{"name":"n","kind":"count"}]}""")]
    [InlineData("""{"name":"quakes","measures":[{"name":"m","kind":"count"}]}""")]
    [InlineData("""{"name":"quakes","sources":[],"measures":[{"name":"n","kind":"count"}]}""")]
    [InlineData("""{"name":"quakes","measures":[{"name":"n","kind":"count"}],"window":{"size":"1h","by":"arrival"}}""")]
    public void Another_definition_has_another_hash(string json) =>
        Assert.NotEqual(
            Calculations.Define("""{"name":"quakes","measures":[{"name":"n","kind":"count"}]}""").Hash,
            Calculations.Define(json).Hash);

    [Fact]
    public void A_name_of_any_allowed_character_is_read() =>
        Assert.Equal(
            "0a_-z", Calculations.Define("""{"name":"0a_-z","measures":[{"name":"n","kind":"count"}]}""").Name);

    [Theory]
    [InlineData("""[]""", "aggregates[0]: found []; allowed: an object with name, sources, group, measures, window.")]
    [InlineData("""{"measures":[{"name":"n","kind":"count"}]}""", "aggregates[0].name: found nothing; allowed: a name")]
    [InlineData(
        """{"name":"Quakes","measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].name: found \"Quakes\"; allowed: a name")]
    [InlineData(
        """{"name":"_q","measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].name: found \"_q\"; allowed: a name")]
    [InlineData(
        """{"name":"q","where":"x","measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].where: found an unknown key; allowed: name, sources, group, measures, window.")]
    [InlineData(
        """{"name":"q","name":"r","measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].name: found the key twice")]
    [InlineData("""{"name":"q"}""", "aggregates[0].measures: found nothing; allowed: a list of 1 to 32.")]
    [InlineData(
        """{"name":"q","measures":[]}""", "aggregates[0].measures: found a list of 0; allowed: a list of 1 to 32.")]
    [InlineData("""{"name":"q","measures":{}}""", "aggregates[0].measures: found {}; allowed: a list of 1 to 32.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"avg","pointer":"/x"}]}""",
        "aggregates[0].measures[0].kind: found \"avg\"; allowed: count, sum, min, max, mean, distinct, quantiles.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n"}]}""",
        "aggregates[0].measures[0].kind: found nothing; allowed: count, sum")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"sum"}]}""",
        "aggregates[0].measures[0].pointer: found nothing; allowed: a JSON pointer")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"sum","pointer":"x"}]}""",
        "aggregates[0].measures[0].pointer: found \"x\"; allowed: a JSON pointer")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count","pointer":"/x"}]}""",
        "aggregates[0].measures[0].pointer: found \"/x\"; allowed: nothing")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"sum","pointer":"/x","quantiles":[1]}]}""",
        "aggregates[0].measures[0].quantiles: found [1]; allowed: nothing")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"quantiles","pointer":"/x","quantiles":[50]}]}""",
        "aggregates[0].measures[0].quantiles[0]: found 50; allowed: a number from 0 to 1.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"},{"name":"n","kind":"count"}]}""",
        "aggregates[0].measures[1].name: found \"n\" a second time")]
    [InlineData(
        """{"name":"q","group":"/x","measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].group: found \"/x\"; allowed: a list of 0 to 8.")]
    [InlineData(
        """{"name":"q","group":[{"name":"g","pointer":"/x"},{"name":"g","pointer":"/y"}],"measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].group[1].name: found \"g\" a second time")]
    [InlineData(
        """{"name":"q","group":[{"name":"g","pointer":"/x","path":"/x"}],"measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].group[0].path: found an unknown key; allowed: name, pointer, floor.")]
    [InlineData(
        """{"name":"q","sources":[""],"measures":[{"name":"n","kind":"count"}]}""",
        "aggregates[0].sources[0]: found \"\"; allowed: the name of a source")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"by":"arrival"}}""",
        "aggregates[0].window.size: found nothing; allowed: a whole number")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1w","by":"arrival"}}""",
        "aggregates[0].window.size: found \"1w\"; allowed: a whole number")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"999ms","by":"arrival"}}""",
        "aggregates[0].window.size: found \"999ms\"")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"367d","by":"arrival"}}""",
        "aggregates[0].window.size: found \"367d\"")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d"}}""",
        "aggregates[0].window.by: found nothing; allowed: event, arrival.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d","by":"clock"}}""",
        "aggregates[0].window.by: found \"clock\"; allowed: event, arrival.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d","by":"arrival","time":"/t"}}""",
        "aggregates[0].window.time: found \"/t\"; allowed: nothing")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d","by":"event","format":"iso"}}""",
        "aggregates[0].window.time: found nothing; allowed: a JSON pointer")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d","by":"event","time":"/t"}}""",
        "aggregates[0].window.format: found nothing; allowed: unix-ms, unix-s, iso.")]
    [InlineData(
        """{"name":"q","measures":[{"name":"n","kind":"count"}],"window":{"size":"1d","by":"event","time":"/t","format":"unix"}}""",
        "aggregates[0].window.format: found \"unix\"; allowed: unix-ms, unix-s, iso.")]
    public void An_error_names_the_key_what_was_found_and_what_is_allowed(string json, string message)
    {
        var error = Assert.Throws<DefinitionException>(() => Calculations.Define(json));
        Assert.Equal("definition_invalid", error.Code);
        Assert.StartsWith(message, Assert.Single(error.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_named_at_once()
    {
        using var json = JsonDocument.Parse(
            """[{"name":"q","measures":[{"name":"n","kind":"count"}]},{"name":"q","measures":[{"name":"n","kind":"sum"}],"x":1},{"name":"q","measures":[{"name":"n","kind":"count"}]}]""");
        var error = Assert.Throws<DefinitionException>(() => AggregateDefinition.ParseAll(json.RootElement));
        Assert.Equal(
            ["aggregates[1].x", "aggregates[1].measures[0].pointer", "aggregates[2].name"],
            error.Errors.Select(one => one.Key));
    }

    [Fact]
    public void Too_many_definitions_are_refused()
    {
        using var json = JsonDocument.Parse($"[{string.Join(',', Enumerable.Repeat("{}", 65))}]");
        var error = Assert.Throws<DefinitionException>(() => AggregateDefinition.ParseAll(json.RootElement));
        Assert.Equal("aggregates: found a list of 65; allowed: a list of 0 to 64.", error.Message);
    }
}
