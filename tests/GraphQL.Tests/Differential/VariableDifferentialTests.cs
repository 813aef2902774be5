using System.Text.Json;
using System.Text.Json.Nodes;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>
/// Values of variables are coerced exactly as the reference implementation does: the same are refused, and the others
/// have the same values.
/// </summary>
public sealed class VariableDifferentialTests
{
    private const int CaseCount = 6_000;

    private static readonly string[] Definitions =
    [
        "Int",
        "Int!",
        "Int = 5",
        "Int! = 5",
        "Float",
        "String",
        "String!",
        "Boolean",
        "ID",
        "ID!",
        "Color",
        "Color = RED",
        "[Color!]",
        "[Int]",
        "[[Int]]",
        "[[Int!]!]!",
        "Point",
        "Point!",
        "Point = { y: 3 }",
        "Choice",
        "[Choice!]",
        "Filter",
        "Filter!",
        "[Filter]",
        "Any",
        "Any!",
        "[Any]",
        "[String!] = \"one\"",
    ];

    [Fact]
    public async Task Generated_variables_are_coerced_as_by_the_reference_implementation()
    {
        var seed = Seed.OfRun;
        var random = new Random(seed);
        var generator = new VariableGenerator(random);
        var cases = new List<(string Definition, string Variables)>();
        for (var i = 0; i < CaseCount; i++)
        {
            var definition = Definitions[random.Next(Definitions.Length)];
            var type = GeneratedSchema.Schema.Type(Parser.ParseType(definition.Split(" = ")[0]))!;
            var variables = random.Next(20) == 0 ? "{}" : $"{{\"v\":{generator.Json(type, 4, 14)}}}";
            cases.Add(($"$v: {definition}", variables));
        }

        var verdicts = await Oracle.Run(
            "variables.mjs",
            new
            {
                sdl = GeneratedSchema.Sdl,
                cases = cases.Select(c => new { definition = c.Definition, variables = c.Variables }),
            });

        var disagreements = new List<string>();
        var accepted = 0;
        for (var i = 0; i < cases.Count; i++)
        {
            var oracle = verdicts[i].TryGetProperty("value", out var value)
                ? VariableGenerator.Canonical(JsonNode.Parse(value.GetRawText()))
                : null;
            var ours = Coerce(cases[i].Definition, cases[i].Variables, out var error);
            if (ours is not null)
                accepted++;
            if (oracle != ours)
                disagreements.Add($"{cases[i]}\noracle: {oracle ?? verdicts[i].ToString()}\nours: {ours ?? error}");
        }
        Assert.True(
            disagreements.Count == 0,
            $"seed {seed}, {disagreements.Count} disagreements:\n{string.Join("\n\n", disagreements.Take(5))}");
        Assert.InRange(accepted, CaseCount / 5, CaseCount * 4 / 5);
    }

    private static string? Coerce(string definition, string json, out string error)
    {
        var document = Parser.Parse($"query ({definition}) {{ __typename }}");
        using var variables = JsonDocument.Parse(json);
        var (values, errors) = VariableCoercion.Coerce(
            GeneratedSchema.Schema, document, (OperationDefinition)document.Definitions[0], variables.RootElement, 10);
        error = errors.Count == 0 ? "" : errors[0].Message;
        return errors.Count > 0 ? null : VariableGenerator.Canonical(ToJson(values));
    }

    private static JsonNode? ToJson(object? value) =>
        value switch
        {
            null => null,
            // What JSON cannot write, the other side writes as null.
            double d when !double.IsFinite(d) => null,
            bool b => b,
            int i => i,
            double d => d,
            string s => s,
            IReadOnlyDictionary<string, object?> o => new JsonObject(
                o.Select(f => KeyValuePair.Create(f.Key, ToJson(f.Value)))),
            IEnumerable<object?> list => new JsonArray([.. list.Select(ToJson)]),
            _ => throw new InvalidOperationException(value.GetType().Name),
        };
}
