using System.Text.Json;
using Tributary.GraphQL.Binding;

namespace Tributary.GraphQL.Tests.Execution;

/// <summary>The algorithms of section 6 of the specification.</summary>
public sealed class ExecutionTests
{
    private const string Sdl = """
        type Query { hero: Hero, heroes: [Hero!]!, maybe: [Hero], fails: Int, failsHard: Int!,
          echo(text: String = "d", n: Int, list: [Int!], input: In, matrix: [[Int]]): String, late: Int, later: Int!,
          nested: Nested, being: Being }
        input In { a: Int = 7, b: String }
        interface Being { name: String! }
        type Hero implements Being { name: String!, friend: Hero, broken: String!, mood: Mood, slow: String! }
        type Nested { must: Nested!, may: Nested, broken: Int!, fine: Int, lateBroken: Int! }
        enum Mood { VERY_HAPPY SAD }
        type Mutation { add(n: Int!): Int!, fail: Int }
        """;

    private sealed record Hero(string Name, Hero? Friend = null, Mood Mood = Mood.VeryHappy);

    private sealed record Nested;

    private enum Mood { VeryHappy, Sad }

    private int total;
    private int running;
    private int mostRunning;

    private GraphQLEngine Engine(GraphQLOptions? options = null)
    {
        var bindings = new SchemaBindings().Enum<Mood>("Mood");
        bindings.Object("Query")
            .Field("hero", _ => new Hero("Ann", new Hero("Bob")))
            .Field("being", _ => (object)new Hero("Ann"))
            .Field("heroes", _ => new[] { new Hero("Ann"), new Hero("Bob") })
            .Field("maybe", _ => new Hero?[] { new Hero("Ann"), null })
            .Field("nested", _ => new Nested())
            .Field<int>("fails", _ => throw new GraphQLException("No luck.", "UNLUCKY"))
            .Field<int>("failsHard", _ => throw new InvalidOperationException("secret"))
            .Field("echo", (_, c) => JsonSerializer.Serialize(c.Arguments))
            .FieldAsync("late", async (_, c) =>
            {
                await Task.Delay(20, c.CancellationToken);
                return 1;
            })
            .FieldAsync("later", async (_, c) =>
            {
                await Task.Delay(Timeout.Infinite, c.CancellationToken);
                return 1;
            });
        bindings
            .Object<Hero>("Hero")
            .Field<string>("broken", _ => throw new GraphQLException("Broken."))
            .FieldAsync("slow", async (h, c) =>
            {
                mostRunning = Math.Max(mostRunning, Interlocked.Increment(ref running));
                await Task.Delay(20, c.CancellationToken);
                Interlocked.Decrement(ref running);
                return h.Name;
            });
        bindings.Object<Nested>("Nested")
            .Field("must", n => n).Field("may", n => n).Field("fine", _ => 1)
            .Field<int>("broken", _ => throw new GraphQLException("Broken."))
            .FieldAsync<int>("lateBroken", async (_, _) =>
            {
                await Task.Yield();
                throw new GraphQLException("Late.");
            });
        bindings
            .Object("Mutation")
            .FieldAsync("add", async (_, c) =>
            {
                var seen = total;
                await Task.Delay(5, c.CancellationToken);
                return total = seen + c.Arguments.Get<int>("n");
            })
            .Field<int>("fail", _ => throw new GraphQLException("No."));
        return new GraphQLEngine(Sdl, bindings, options);
    }

    private async Task<string> Run(string query, string variables = "{}", GraphQLOptions? options = null)
    {
        using var json = JsonDocument.Parse(variables);
        var result = await Engine(options)
            .ExecuteAsync(
                new GraphQLRequest(query, Variables: json.RootElement), TestContext.Current.CancellationToken);
        return result.ToString();
    }

    [Theory]
    [InlineData("{ hero { name } }", """{"data":{"hero":{"name":"Ann"}}}""")]
    [InlineData(
        "{ b: hero { x: name friend { name friend { name } } } a: __typename }",
        """{"data":{"b":{"x":"Ann","friend":{"name":"Bob","friend":null}},"a":"Query"}}""")]
    [InlineData(
        "{ hero { mood } being { __typename name } }",
        """{"data":{"hero":{"mood":"VERY_HAPPY"},"being":{"__typename":"Hero","name":"Ann"}}}""")]
    [InlineData("{ maybe { name } }", """{"data":{"maybe":[{"name":"Ann"},null]}}""")]
    [InlineData("{ late hero { name } }", """{"data":{"late":1,"hero":{"name":"Ann"}}}""")]
    public async Task Results_have_the_shape_of_the_selection(string query, string expected) =>
        Assert.Equal(expected, await Run(query));

    [Theory]
    [InlineData(
        "{ hero { name } ...F hero { friend { name } } } fragment F on Query { x: __typename hero { mood } }",
        """{"data":{"hero":{"name":"Ann","mood":"VERY_HAPPY","friend":{"name":"Bob"}},"x":"Query"}}""")]
    [InlineData("{ ...F ...F } fragment F on Query { a: __typename }", """{"data":{"a":"Query"}}""")]
    [InlineData("{ ... on Query { a: __typename } ... on Query { a: __typename } }", """{"data":{"a":"Query"}}""")]
    [InlineData("{ hero { ... on Being { name } } }", """{"data":{"hero":{"name":"Ann"}}}""")]
    [InlineData("{ a: __typename @skip(if: true) }", """{"data":{}}""")]
    [InlineData(
        "{ a: __typename @skip(if: true) @include(if: true) b: __typename @include(if: true) }",
        """{"data":{"b":"Query"}}""")]
    public async Task Fields_are_collected_once_in_the_order_of_first_appearance(string query, string expected) =>
        Assert.Equal(expected, await Run(query));

    [Fact]
    public async Task Conditions_follow_the_variables_of_each_request()
    {
        var engine = Engine();
        const string query =
            "query ($s: Boolean!, $i: Boolean = true) { a: __typename @skip(if: $s) hero { name @include(if: $i) mood "
            + "@skip(if: $i) } }";
        foreach (var (variables, expected) in new[]
        {
            ("""{"s":true}""", """{"data":{"hero":{"name":"Ann"}}}"""),
            ("""{"s":false,"i":false}""", """{"data":{"a":"Query","hero":{"mood":"VERY_HAPPY"}}}"""),
            ("""{"s":true}""", """{"data":{"hero":{"name":"Ann"}}}"""),
        })
        {
            using var json = JsonDocument.Parse(variables);
            var result = await engine.ExecuteAsync(
                new GraphQLRequest(query, Variables: json.RootElement), TestContext.Current.CancellationToken);
            Assert.Equal(expected, result.ToString());
        }
        Assert.Equal(1, engine.CachedDocumentCount);
    }

    [Theory]
    [InlineData(
        "{ fails hero { name } }",
        """{"errors":[{"message":"No luck.","locations":[{"line":1,"column":3}],"path":["fails"],"extensions":{"code":"UNLUCKY"}}],"data":{"fails":null,"hero":{"name":"Ann"}}}""")]
    [InlineData(
        "{ x: failsHard }",
        """{"errors":[{"message":"This field could not be resolved.","locations":[{"line":1,"column":3}],"path":["x"],"extensions":{"code":"INTERNAL_ERROR"}}],"data":null}""")]
    [InlineData(
        "{ maybe { b: broken } }",
        """{"errors":[{"message":"Broken.","locations":[{"line":1,"column":11}],"path":["maybe",0,"b"]}],"data":{"maybe":[null,null]}}""")]
    [InlineData(
        "{ heroes { broken } }",
        """{"errors":[{"message":"Broken.","locations":[{"line":1,"column":12}],"path":["heroes",0,"broken"]}],"data":null}""")]
    [InlineData(
        "{ nested { may { must { must { broken } fine } } fine } }",
        """{"errors":[{"message":"Broken.","locations":[{"line":1,"column":32}],"path":["nested","may","must","must","broken"]}],"data":{"nested":{"may":null,"fine":1}}}""")]
    [InlineData(
        "{ nested { may { must { lateBroken broken } } fine } }",
        """{"errors":[{"message":"Broken.","locations":[{"line":1,"column":36}],"path":["nested","may","must","broken"]}],"data":{"nested":{"may":null,"fine":1}}}""")]
    [InlineData(
        "{ nested { may { lateBroken } fine } }",
        """{"errors":[{"message":"Late.","locations":[{"line":1,"column":18}],"path":["nested","may","lateBroken"]}],"data":{"nested":{"may":null,"fine":1}}}""")]
    public async Task An_error_nulls_the_nearest_place_that_may_be_null_and_names_its_path(
        string query, string expected) => Assert.Equal(expected, await Run(query));

    [Theory]
    [InlineData("{ echo }", "{}", """{"text":"d"}""")]
    [InlineData("{ echo(text: null) }", "{}", """{"text":null}""")]
    [InlineData("query ($t: String) { echo(text: $t) }", "{}", """{"text":"d"}""")]
    [InlineData("query ($t: String) { echo(text: $t) }", """{"t":null}""", """{"text":null}""")]
    [InlineData("query ($t: String = \"q\") { echo(text: $t) }", "{}", """{"text":"q"}""")]
    [InlineData("{ echo(text: \"\", list: 1) }", "{}", """{"text":"","list":[1]}""")]
    [InlineData("{ echo(text: \"\", matrix: 1) }", "{}", """{"text":"","matrix":[[1]]}""")]
    [InlineData(
        "{ echo(text: \"\", matrix: [1, null, [2, null]]) }", "{}", """{"text":"","matrix":[[1],null,[2,null]]}""")]
    [InlineData(
        "query ($m: [[Int]]) { echo(text: \"\", matrix: $m) }",
        """{"m":[1,[2]]}""",
        """{"text":"","matrix":[[1],[2]]}""")]
    [InlineData(
        "query ($n: Int) { echo(text: \"\", input: { a: $n, b: \"x\" }) }",
        "{}",
        """{"text":"","input":{"a":7,"b":"x"}}""")]
    [InlineData(
        "query ($n: Int) { echo(text: \"\", input: { a: $n }) }",
        """{"n":null}""",
        """{"text":"","input":{"a":null}}""")]
    [InlineData(
        "query ($n: Int!) { echo(text: \"\", n: $n, list: [$n, 2]) }",
        """{"n":1.0}""",
        """{"text":"","n":1,"list":[1,2]}""")]
    public async Task Absent_null_and_default_are_three_things(string query, string variables, string arguments)
    {
        using var result = JsonDocument.Parse(await Run(query, variables));
        Assert.Equal(arguments, result.RootElement.GetProperty("data").GetProperty("echo").GetString());
    }

    [Theory]
    [InlineData("query ($n: Int! = 5) { echo(n: $n) }", """{"n":null}""")]
    [InlineData("query ($n: Int!) { echo(n: $n) }", "{}")]
    [InlineData("query ($n: Int) { echo(n: $n) }", """{"n":"1"}""")]
    public async Task Wrong_variables_are_a_request_error_without_data(string query, string variables)
    {
        using var result = JsonDocument.Parse(await Run(query, variables));
        Assert.False(result.RootElement.TryGetProperty("data", out _));
        Assert.Equal(
            "BAD_USER_INPUT",
            result.RootElement.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_null_variable_in_a_place_with_a_default_fails_that_field_only()
    {
        var result = await Run("query ($n: Int = 1) { a: __typename echo(list: [$n]) }", """{"n":null}""");
        Assert.StartsWith("""{"errors":[{"message":"A value of type Int! must not be null""", result);
        Assert.EndsWith("\"data\":{\"a\":\"Query\",\"echo\":null}}", result);
    }

    [Fact]
    public async Task Mutations_run_one_after_the_other()
    {
        Assert.Equal(
            """{"data":{"a":1,"b":3,"c":6}}""", await Run("mutation { a: add(n: 1) b: add(n: 2) c: add(n: 3) }"));
    }

    [Fact]
    public async Task Fields_that_wait_do_so_together()
    {
        Assert.Equal(
            """{"data":{"heroes":[{"slow":"Ann","again":"Ann"},{"slow":"Bob","again":"Bob"}]}}""",
            await Run("{ heroes { slow again: slow } }"));
        Assert.Equal(4, mostRunning);
    }

    [Fact]
    public async Task An_operation_that_runs_too_long_is_ended_with_an_error()
    {
        var result = await Run(
            "{ later }", options: new GraphQLOptions { ExecutionTimeout = TimeSpan.FromMilliseconds(50) });
        Assert.Equal(
            """{"errors":[{"message":"The operation took longer than 0.05 s, which is the limit.","extensions":{"code":"EXECUTION_TIMEOUT"}}],"data":null}""",
            result);
    }

    [Theory]
    [InlineData("query A { a: __typename } query B { b: __typename }", "B", """{"data":{"b":"Query"}}""")]
    [InlineData("query A { a: __typename } query B { b: __typename }", null,
        """{"errors":[{"message":"The document has more than one operation: operationName must say which.","extensions":{"code":"BAD_REQUEST"}}]}""")]
    [InlineData("{ __typename }", "C",
        """{"errors":[{"message":"The document has no operation named \"C\".","extensions":{"code":"BAD_REQUEST"}}]}""")]
    public async Task The_operation_is_chosen_by_name(string query, string? name, string expected)
    {
        var result = await Engine()
            .ExecuteAsync(new GraphQLRequest(query, name), TestContext.Current.CancellationToken);
        Assert.Equal(expected, result.ToString());
    }
}
