using System.Text;
using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;

namespace Tributary.Grains.Tests.Contributions;

/// <summary>Short ways to calculate contributions.</summary>
internal static class Calculations
{
    public static AggregateDefinition Define(string json)
    {
        using var document = JsonDocument.Parse(json);
        return AggregateDefinition.Parse(document.RootElement, "aggregates[0]");
    }

    public static ContributionCalculator Calculator(params string[] definitions) =>
        new([.. definitions.Select((json, index) => new DefinedGeneration(index + 1, Define(json)))]);

    /// <summary>The group of a body by these pointers, or null when the contribution was refused.</summary>
    public static string? GroupOf(string body, params string[] pointers)
    {
        var groups = string.Join(
            ',',
            pointers.Select(
                (pointer, index) => $$"""{"name":"g{{index}}","pointer":{{JsonSerializer.Serialize(pointer)}}}"""));
        var calculator = Calculator($$"""{"name":"a","group":[{{groups}}],"measures":[{"name":"n","kind":"count"}]}""");
        return One(calculator, body) is { } contribution ? AggregateKey.Parse(contribution.Aggregate.Key).Group : null;
    }

    public static Contribution? One(ContributionCalculator calculator, string body)
    {
        var contributions = calculator.Calculate("test", Encoding.UTF8.GetBytes(body), FakeTurn.Start);
        return contributions.Count == 0 ? null : Assert.Single(contributions);
    }

    /// <summary>The measures shown after these bodies, as JSON.</summary>
    public static AggregateView View(string definition, params IEnumerable<string> bodies)
    {
        var calculator = Calculator(definition);
        var state = AggregateState.Empty;
        var key = "";
        foreach (var body in bodies)
        {
            var contribution = One(calculator, body)!.Value;
            key = contribution.Aggregate.Key;
            state = state.Add(contribution.Delta);
        }

        var stored = JsonSerializer.SerializeToUtf8Bytes(state, GrainsJson.Default.AggregateState);
        return AggregateView.Of(
            new Storage.Aggregates.AggregateRow(AggregateKey.Parse(key), 1, stored), Define(definition));
    }
}
