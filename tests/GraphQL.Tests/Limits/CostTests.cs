using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Tests.Limits;

/// <summary>What an operation costs by the sizes of its lists.</summary>
public sealed class CostTests
{
    private const string Sdl = """
        type Query {
          a: Int
          list(first: Int = 3, last: Int, limit: Int): [Query!]
          conn(first: Int): Conn
          plain: [Query!]
        }
        type Conn { nodes: [Query!], total: Int }
        """;

    [Theory]
    [InlineData("{ list { a } }", "{}", 4)]
    [InlineData("{ list(last: 5) { a } }", "{}", 6)]
    [InlineData("{ list(last: 2) { a } }", "{}", 3)]
    [InlineData("{ list(first: 2, last: 5, limit: 4) { a } }", "{}", 6)]
    [InlineData("query ($n: Int, $m: Int) { list(first: $n, last: $m) { a } }", """{"m":5}""", 6)]
    [InlineData("query ($n: Int) { list(first: 2, last: $n) { a } }", """{"n":7}""", 8)]
    [InlineData("{ list(first: null, last: 5) { a } }", "{}", 6)]
    [InlineData("{ list(first: null, limit: 6) { a } }", "{}", 7)]
    [InlineData("{ list(first: 2) { plain { a } } }", "{}", 23)]
    [InlineData("{ list(first: 0) { plain { a } } a }", "{}", 2)]
    [InlineData("{ list(first: -5) { a } a }", "{}", 2)]
    [InlineData("query ($n: Int) { list(first: $n) { a } a }", """{"n":-5}""", 2)]
    [InlineData("query ($n: Int) { list(first: $n) { a } }", """{"n":null}""", 11)]
    [InlineData("{ conn { nodes { a } total } }", "{}", 13)]
    [InlineData("{ x: conn(first: 10) { ...C } y: conn { ...C } } fragment C on Conn { nodes { a } }", "{}", 33)]
    [InlineData("{ y: conn { ...C } x: conn(first: 10) { ...C } } fragment C on Conn { nodes { a } }", "{}", 33)]
    [InlineData("{ conn(first: 2) { nodes { plain { a } } } }", "{}", 25)]
    public async Task A_list_costs_its_size_times_what_is_below_it(string query, string variables, int cost)
    {
        var refused = await Run(query, variables, cost - 1);
        Assert.False(refused.HasData);
        Assert.Contains($"may cost {cost};", Assert.Single(refused.Errors).Message);
        Assert.True((await Run(query, variables, cost)).HasData);
    }

    [Fact]
    public async Task Costs_beyond_every_number_are_refused_too()
    {
        const string Huge = "list(first: 2147483647)";
        var query = $"{{ {Huge} {{ x: {Huge} {{ a }} y: {Huge} {{ a }} z: {Huge} {{ a }} }} }}";
        Assert.False((await Run(query, "{}", 1_000_000)).HasData);
    }

    private static async Task<ExecutionResult> Run(string query, string variables, long maxCost)
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query").Field("a", _ => 1).Field("list", _ => Array.Empty<object>())
            .Field("conn", _ => new object()).Field("plain", _ => Array.Empty<object>());
        bindings.Object("Conn").Field("nodes", _ => Array.Empty<object>()).Field("total", _ => 1);
        using var json = JsonDocument.Parse(variables);
        var engine = new GraphQLEngine(Sdl, bindings, new GraphQLOptions { MaxCost = maxCost });
        return await engine.ExecuteAsync(
            new GraphQLRequest(query, Variables: json.RootElement), TestContext.Current.CancellationToken);
    }
}
