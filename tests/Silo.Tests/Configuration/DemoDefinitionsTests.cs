using System.Collections;
using Tributary.Connectors.Configuration;
using Tributary.Pipeline.Definitions;
using Tributary.Silo.Configuration;
using Tributary.Silo.Demo;

namespace Tributary.Silo.Tests.Configuration;

public sealed class DemoDefinitionsTests
{
    private static readonly string[] Demo = ["quakes-by-network", "quakes-by-magnitude", "quakes-by-day"];

    [Fact]
    public void The_demo_counts_beside_what_is_configured() =>
        Assert.Equal(["mine", .. Demo], Names(With("""{"name":"mine","measures":[{"name":"n","kind":"count"}]}""")));

    [Fact]
    public void The_demo_as_configuration_is_counted_once()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "samples", "demo.yaml");
        Assert.Equal(Demo, Names(ConfigLoader.Load(file, new Hashtable(), [])));
    }

    [Fact]
    public void Another_aggregate_with_a_name_of_the_demo_is_an_error()
    {
        var error = Assert.Single(
            Assert
                .Throws<ConfigException>(() =>
                    Names(With("""{"name":"quakes-by-day","measures":[{"name":"n","kind":"count"}]}""")))
                .Errors);
        Assert.Equal("another aggregate named \"quakes-by-day\"", error.Found);
    }

    private static SiloConfig With(string definition) =>
        new() { Aggregates = [AggregateDefinition.Parse(System.Text.Encoding.UTF8.GetBytes(definition))] };

    private static IEnumerable<string> Names(SiloConfig config) =>
        DemoFiles.AddDefinitions(config).Aggregates.Select(definition => definition.Name);
}
