using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Tests.Limits;

/// <summary>Over a limit: a clear error at once, and the next request is served.</summary>
public sealed class LimitsTests
{
    private const string Sdl = """
        type Query { a: Int, self: Query, list(first: Int = 3): [Query!], conn(first: Int): Conn, plain: [Query!] }
        type Conn { nodes: [Query!], total: Int }
        """;

    private static GraphQLEngine Engine(GraphQLOptions? options = null)
    {
        var bindings = new SchemaBindings();
        bindings
            .Object("Query")
            .Field("a", _ => 1)
            .Field("self", _ => new object())
            .Field("list", _ => new object[3])
            .Field("conn", _ => new object())
            .Field("plain", _ => Array.Empty<object>());
        bindings.Object("Conn").Field("nodes", _ => Array.Empty<object>()).Field("total", _ => 1);
        return new GraphQLEngine(Sdl, bindings, options);
    }

    private static async Task<ExecutionResult> Run(GraphQLEngine engine, string query, string variables = "{}")
    {
        using var json = JsonDocument.Parse(variables);
        return await engine.ExecuteAsync(
            new GraphQLRequest(query, Variables: json.RootElement), TestContext.Current.CancellationToken);
    }

    private static async Task Refused(
        string query, string words, GraphQLOptions? options = null, string variables = "{}")
    {
        var engine = Engine(options);
        await Run(engine, "{ a }");
        var clock = Stopwatch.StartNew();
        var result = await Run(engine, query, variables);
        Assert.True(clock.ElapsedMilliseconds < 1_000, $"took {clock.Elapsed}");
        Assert.False(result.HasData);
        var error = Assert.Single(result.Errors);
        Assert.Equal(ErrorCodes.Limit, error.Code);
        Assert.Contains(words, error.Message);
        Assert.Equal("""{"data":{"a":1}}""", (await Run(engine, "{ a }")).ToString());
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    [Fact]
    public Task Ten_thousand_levels() =>
        Refused(Repeat("{ self ", 10_000) + "{ a }" + Repeat("}", 10_000), "200 levels");

    [Fact]
    public Task Two_megabytes() => Refused("{ a " + Repeat("a ", 1_000_000) + "}", "262144 bytes");

    [Fact]
    public Task Two_megabytes_when_bytes_are_allowed() =>
        Refused(
            "{ a " + Repeat("a ", 1_000_000) + "}",
            "20000 tokens",
            new GraphQLOptions { MaxDocumentBytes = 10_000_000 });

    [Fact]
    public Task More_levels_of_fields_than_allowed() =>
        Refused(Repeat("{ self ", 40) + "{ a }" + Repeat("}", 40), "41 levels deep; the limit is 32");

    [Fact]
    public Task Levels_are_counted_through_fragments() =>
        Refused(
            "{ ...F0 } "
                + string.Concat(
                    Enumerable.Range(0, 40).Select(i => $"fragment F{i} on Query {{ self {{ ...F{i + 1} }} }} "))
                + "fragment F40 on Query { a }",
            "41 levels");

    [Fact]
    public Task A_bomb_of_fragments() =>
        Refused(
            "{ ...F0 } "
                + string.Concat(
                    Enumerable
                        .Range(0, 30)
                        .Select(i =>
                            $"fragment F{i} on Query {{ x{i}: self {{ ...F{i + 1} }} y{i}: self {{ ...F{i + 1} }} }} "))
                + "fragment F30 on Query { a }",
            "aliases");

    [Fact]
    public Task A_bomb_of_fragments_without_aliases() =>
        Refused(
            "{ ...F0 } "
                + string.Concat(
                    Enumerable
                        .Range(0, 25)
                        .Select(i => $"fragment F{i} on Query {{ self {{ ...F{i + 1} }} list {{ ...F{i + 1} }} }} "))
                + "fragment F25 on Query { a }",
            "may cost");

    [Fact]
    public async Task Levels_that_are_no_fields_do_not_exhaust_the_stack()
    {
        var nest = Repeat("... { ", 30);
        var close = Repeat("}", 30);
        var query =
            "{ ...F0 } "
            + string.Concat(
                Enumerable.Range(0, 199).Select(i => $"fragment F{i} on Query {{ {nest} ...F{i + 1} {close} }} "))
            + "fragment F199 on Query { a }";
        var engine = Engine();
        var result = await Task
            .Factory.StartNew(
                () => Run(engine, query),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)
            .Unwrap();
        Assert.True(result.HasData || result.Errors.Count == 1);
        // A stack that is nearly used up ends in an error and not in the end of the process.
        ExecutionResult? small = null;
        var thread = new Thread(
            () => small = Run(engine, query.Replace(" a }", " x: a }")).GetAwaiter().GetResult(), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.False(small!.HasData);
        Assert.Contains("too deep", Assert.Single(small.Errors).Message);
    }

    [Fact]
    public Task Too_many_aliases() =>
        Refused(
            "{ " + string.Concat(Enumerable.Range(0, 201).Select(i => $"x{i}: a ")) + "}",
            "201 aliases; the limit is 200");

    [Fact]
    public Task Too_many_directives() =>
        Refused(
            "{ " + string.Concat(Enumerable.Repeat("a @skip(if: false) ", 201)) + "}",
            "201 directives; the limit is 200");

    [Fact]
    public async Task A_document_at_its_limits_is_executed()
    {
        const int MaxBytes = 10_000;
        var engine = Engine(new GraphQLOptions { MaxDocumentBytes = MaxBytes });
        Assert.True((await Run(engine, "{ a " + new string(' ', MaxBytes - 5) + "}")).HasData);
        Assert.Contains(
            "10000 bytes",
            Assert.Single((await Run(engine, "{ a " + new string(' ', MaxBytes - 4) + "}")).Errors).Message);
        Assert.True((await Run(engine, Repeat("{ self ", 31) + "{ a }" + Repeat("}", 31))).HasData);
        Assert.True(
            (await Run(engine, "{ " + string.Concat(Enumerable.Range(0, 200).Select(i => $"x{i}: a ")) + "}")).HasData);
        Assert.True(
            (await Run(engine, "{ " + string.Concat(Enumerable.Repeat("a @skip(if: false) ", 200)) + "}")).HasData);
    }

    [Theory]
    [InlineData("{ a x: a }", "{}", 2)]
    [InlineData("{ list { a self { a } } }", "{}", 10)]
    [InlineData("{ list(first: 10) { a } }", "{}", 11)]
    [InlineData("{ plain { a } }", "{}", 11)]
    [InlineData("{ conn(first: 10) { nodes { a } total } }", "{}", 31)]
    [InlineData("query ($n: Int) { list(first: $n) { list(first: $n) { a } } }", """{"n":20}""", 421)]
    [InlineData("query ($n: Int) { list(first: $n) { a } }", "{}", 4)]
    [InlineData("query ($n: Int = 7) { list(first: $n) { a } }", "{}", 8)]
    [InlineData("query ($s: Boolean!) { a x: a plain @skip(if: $s) { a } }", """{"s":true}""", 2)]
    [InlineData("{ ...F self { ...F } } fragment F on Query { plain { a } }", "{}", 23)]
    public async Task Cost_multiplies_the_sizes_of_lists_with_actual_values(string query, string variables, int cost)
    {
        await Refused(query, $"may cost {cost};", new GraphQLOptions { MaxCost = cost - 1 }, variables);
        Assert.True((await Run(Engine(new GraphQLOptions { MaxCost = cost }), query, variables)).HasData);
    }

    [Fact]
    public async Task Errors_of_a_response_are_bounded()
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query").Field("rows", _ => new object[100]);
        var engine = new GraphQLEngine(
            "type Query { rows: [Int!] }", bindings, new GraphQLOptions { MaxErrorCount = 10 });
        Assert.Single((await Run(engine, "{ rows }")).Errors);
        bindings = new SchemaBindings();
        bindings.Object("Query").Field("rows", _ => Enumerable.Repeat("x", 100).ToArray<object>());
        engine = new GraphQLEngine("type Query { rows: [Int] }", bindings, new GraphQLOptions { MaxErrorCount = 10 });
        Assert.Equal(10, (await Run(engine, "{ rows }")).Errors.Count);
        Assert.Equal(
            10,
            (await Run(engine, "{ " + string.Concat(Enumerable.Range(0, 50).Select(i => $"nope{i} ")) + "}"))
                .Errors
                .Count);
    }

    [Fact]
    public async Task Cached_documents_are_bounded()
    {
        var engine = Engine(new GraphQLOptions { MaxCachedDocumentCount = 5 });
        for (var i = 0; i < 20; i++) Assert.True((await Run(engine, $"{{ x{i}: a }}")).HasData);
        Assert.Equal(5, engine.CachedDocumentCount);
    }
}
