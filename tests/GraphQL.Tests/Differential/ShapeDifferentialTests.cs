using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>
/// Results have the same keys in the same order, and nulls at the same places, as those of the reference
/// implementation.
/// </summary>
public sealed class ShapeDifferentialTests
{
    private const int DocumentCount = 1_000;

    private static readonly Schema Schema = GeneratedSchema.Schema;

    [Fact]
    public async Task Results_are_the_same_text_as_those_of_the_reference_implementation()
    {
        var seed = Seed.OfRun;
        var random = new Random(seed);
        var generator = new DocumentGenerator(Schema, random);
        var documents = new List<string>();
        while (documents.Count < DocumentCount)
        {
            var text = generator.Document();
            if (text.Contains('$')
                || text.Contains("subscription")
                || text.Contains("query Op1")
                || text.Contains("mutation Op1"))
                continue;
            if (random.Next(2) == 0)
                text = text.Replace("@skip(if: false)", "@skip(if: true)");
            if (DocumentValidator.Validate(Schema, Parser.Parse(text)).Count == 0)
                documents.Add(text);
        }
        var engine = Engine();

        var expected = await Oracle.Run("execute.mjs", new { sdl = GeneratedSchema.Sdl, documents });

        for (var i = 0; i < documents.Count; i++)
        {
            var answer = await engine.ExecuteAsync(
                new GraphQLRequest(documents[i]), TestContext.Current.CancellationToken);
            var result = answer.ToString();
            using var json = JsonDocument.Parse(result);
            var data = json.RootElement.TryGetProperty("data", out var found) ? found.GetRawText() : result;
            Assert.True(
                expected[i].GetString() == data,
                $"seed {seed}\n{documents[i]}\noracle: {expected[i].GetString()}\nours:   {data}");
        }
    }

    private static GraphQLEngine Engine()
    {
        var bindings = new SchemaBindings();
        foreach (var type in Schema.Types.Values.Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal)))
        {
            if (type.IsAbstract)
                bindings.Abstract(type.Name, _ =>
                    Schema.PossibleTypes(type).Select(t => t.Name).Order(StringComparer.Ordinal).First());
            if (type is not ObjectType o)
                continue;
            foreach (var field in o.Fields)
                Bind(bindings.Object(o.Name), o, field);
        }
        return new GraphQLEngine(GeneratedSchema.Sdl, bindings, new GraphQLOptions { MaxCost = long.MaxValue });
    }

    private static void Bind(ObjectBinding<object> binding, ObjectType type, FieldDef field)
    {
        if (ReferenceEquals(type, Schema.Subscription))
            binding.Stream<object>(field.Name, _ => throw new InvalidOperationException());
        else if (field.Name == "lives")
            binding.FieldAsync<object?>(field.Name, async (_, _) =>
            {
                await Task.Yield();
                throw new GraphQLException("no lives");
            });
        else if (field.Name == "age")
            binding.Field<object?>(field.Name, _ => null);
        // Some fields wait and some do not, which must not be seen in the result.
        else if (field.Name.Length % 2 == 0)
            binding.FieldAsync<object?>(field.Name, async (_, _) =>
            {
                await Task.Yield();
                return Value(field.Type);
            });
        else
            binding.Field<object?>(field.Name, _ => Value(field.Type));
    }

    private static object? Value(GraphQLType type) =>
        type.Nullable switch
        {
            ListType list => new[] { Value(list.Of), Value(list.Of) },
            EnumType values => values.Values[0].Name,
            ScalarType scalar => scalar.Name switch
            {
                "Int" => 7,
                "Float" => 1.5,
                "String" => "s",
                "Boolean" => true,
                _ => "id",
            },
            _ => new object(),
        };
}
