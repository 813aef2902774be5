using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Tests.Differential;

namespace Tributary.GraphQL.Tests.Introspection;

/// <summary>A schema described by itself.</summary>
public sealed class IntrospectionTests
{
    private const string Sdl = """
        "The schema" schema { query: Query }
        directive @d(a: Int = 1 @deprecated, "why" b: E = A) repeatable on FIELD | QUERY
        type Query implements I { "A field" f(a: Int = 1, b: In = { x: [1, 2], e: A, s: "q" },
          old: Int @deprecated(reason: "old")): [[U!]]! gone: Int @deprecated }
        interface I { gone: Int }
        union U = Query
        enum E { A B @deprecated(reason: "use A") }
        input In { x: [Int!], e: E = B, s: String, gone: Int @deprecated }
        input One @oneOf { a: Int b: In }
        scalar S @specifiedBy(url: "https://example.org")
        """;

    private static readonly GraphQLEngine Engine = Make();

    private static GraphQLEngine Make()
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query").Field("f", _ => (object?)null).Field("gone", _ => 1);
        return new GraphQLEngine(Sdl, bindings);
    }

    private static async Task<string> Run(string query)
    {
        var result = await Engine.ExecuteAsync(new GraphQLRequest(query), TestContext.Current.CancellationToken);
        Assert.Empty(result.Errors);
        return result.ToString()[8..^1];
    }

    [Theory]
    [InlineData(
        "{ __type(name: \"Query\") { kind name fields { name } all: fields(includeDeprecated: true) { name "
        + "isDeprecated deprecationReason } interfaces { name } possibleTypes { name } ofType { name } } }",
        """{"__type":{"kind":"OBJECT","name":"Query","fields":[{"name":"f"}],"all":[{"name":"f","isDeprecated":false,"deprecationReason":null},{"name":"gone","isDeprecated":true,"deprecationReason":"No longer supported"}],"interfaces":[{"name":"I"}],"possibleTypes":null,"ofType":null}}""")]
    [InlineData(
        "{ __type(name: \"Query\") { fields { args { name defaultValue } all: args(includeDeprecated: true) { name } "
        + "type { kind name ofType { kind ofType { kind ofType { kind ofType { name kind } } } } } } } }",
        """{"__type":{"fields":[{"args":[{"name":"a","defaultValue":"1"},{"name":"b","defaultValue":"{ x: [1, 2], e: A, s: \"q\" }"}],"all":[{"name":"a"},{"name":"b"},{"name":"old"}],"type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"LIST","ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"name":"U","kind":"UNION"}}}}}}]}}""")]
    [InlineData(
        "{ e: __type(name: \"E\") { enumValues { name } all: enumValues(includeDeprecated: true) { name "
        + "deprecationReason } fields { name } } i: __type(name: \"In\") { inputFields { name defaultValue } isOneOf } "
        + "o: __type(name: \"One\") { isOneOf } u: __type(name: \"U\") { possibleTypes { name } isOneOf } s: "
        + "__type(name: \"S\") { specifiedByURL } n: __type(name: \"Nope\") { name } }",
        """{"e":{"enumValues":[{"name":"A"}],"all":[{"name":"A","deprecationReason":null},{"name":"B","deprecationReason":"use A"}],"fields":null},"i":{"inputFields":[{"name":"x","defaultValue":null},{"name":"e","defaultValue":"B"},{"name":"s","defaultValue":null}],"isOneOf":false},"o":{"isOneOf":true},"u":{"possibleTypes":[{"name":"Query"}],"isOneOf":null},"s":{"specifiedByURL":"https://example.org"},"n":null}""")]
    [InlineData(
        "{ __schema { description queryType { name } mutationType { name } directives { name isRepeatable locations "
        + "args { name } } } __typename }",
        """{"__schema":{"description":"The schema","queryType":{"name":"Query"},"mutationType":null,"directives":[{"name":"include","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"skip","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"deprecated","isRepeatable":false,"locations":["FIELD_DEFINITION","ARGUMENT_DEFINITION","INPUT_FIELD_DEFINITION","ENUM_VALUE"],"args":[{"name":"reason"}]},{"name":"specifiedBy","isRepeatable":false,"locations":["SCALAR"],"args":[{"name":"url"}]},{"name":"oneOf","isRepeatable":false,"locations":["INPUT_OBJECT"],"args":[]},{"name":"d","isRepeatable":true,"locations":["FIELD","QUERY"],"args":[{"name":"b"}]}]},"__typename":"Query"}""")]
    public async Task Types_fields_and_directives_are_described(string query, string expected) =>
        Assert.Equal(expected, await Run(query));

    [Fact]
    public async Task All_types_are_listed()
    {
        using var json = JsonDocument.Parse(await Run("{ __schema { types { name } } }"));
        var names = json
            .RootElement.GetProperty("__schema")
            .GetProperty("types")
            .EnumerateArray()
            .Select(t => t.GetProperty("name").GetString())
            .ToList();
        Assert.Equal(names.Distinct().Count(), names.Count);
        foreach (var name in (string[])
                [
                    "Query",
                    "E",
                    "S",
                    "Int",
                    "String",
                    "Boolean",
                    "__Schema",
                    "__Type",
                    "__TypeKind",
                    "__Field",
                    "__InputValue",
                    "__EnumValue",
                    "__Directive",
                    "__DirectiveLocation",
                ])
            Assert.Contains(name, names);
    }

    /// <summary>
    /// The standard introspection query, read by the reference implementation and printed, is the SDL that the
    /// reference implementation prints of the same text.
    /// </summary>
    [Theory]
    [InlineData(Sdl)]
    [InlineData(GeneratedSchema.Sdl)]
    public async Task Introspection_goes_through_the_reference_implementation_and_back_to_the_same_schema(string sdl)
    {
        var query = (await Oracle.Run("introspect.mjs", new { })).GetProperty("query").GetString()!;
        var bindings = new SchemaBindings();
        foreach (var type in GraphQL
                .Types.SchemaBuilder.Build(sdl)
                .Types.Values.OfType<GraphQL.Types.ObjectType>()
                .Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal)))
        {
            var binding = bindings.Object(type.Name);
            foreach (var field in type.Fields)
            {
                if (type.Name == "Subscription")
                    binding.Stream<object>(field.Name, _ => throw new InvalidOperationException());
                else
                    binding.Field<object?>(field.Name, _ => null);
            }
        }
        var result = await new GraphQLEngine(sdl, bindings).ExecuteAsync(
            new GraphQLRequest(query), TestContext.Current.CancellationToken);
        Assert.Empty(result.Errors);
        var printed = await Oracle.Run(
            "introspect.mjs", new { sdl, result = JsonDocument.Parse(result.ToString()).RootElement });
        Assert.Equal(printed.GetProperty("expected").GetString(), printed.GetProperty("printed").GetString());
    }
}
