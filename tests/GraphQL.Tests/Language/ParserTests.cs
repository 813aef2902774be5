using System.Diagnostics;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Tests.Language;

public sealed class ParserTests
{
    [Theory]
    [InlineData("{ a }")]
    [InlineData("query query { on: __typename fragment type }")]
    [InlineData("query on($on: on = on @on) @on { on(on: $on) @on { ... @on { on } ...on on @on { on } } } fragment x "
        + "on on @on { y }")]
    [InlineData("\"described\" query Q(\"too\" $a: Int) { a } \"\"\"block\"\"\" fragment F on T { a }")]
    [InlineData("mutation ($a: [[Int!]!]!, $b: I = { a: [1, 2.5, \"s\", true, null, RED, {}, []] }) { a }")]
    [InlineData("\"d\" schema @a { query: Q } extend schema @b extend schema { mutation: M }")]
    [InlineData("scalar S @a extend scalar S @b")]
    [InlineData("type T implements & A & B @x { \"d\" a(\"d\" b: Int = 1 @y, c: [T!]): Int! @z } extend type T "
        + "implements C type Empty")]
    [InlineData("interface I implements A & B { a: Int } union U = | A | B union V extend union V = A enum E { \"d\" A "
        + "@x B } input I { a: Int = 1 }")]
    [InlineData("directive @d(a: Int = 1) repeatable on | FIELD | QUERY")]
    public void Documents_are_parsed(string text) => Assert.NotEmpty(Parser.Parse(text).Definitions);

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment")]
    [InlineData("{}")]
    [InlineData("{ a() }")]
    [InlineData("{ a { } }")]
    [InlineData("query () { a }")]
    [InlineData("query ($a) { a }")]
    [InlineData("query ($a: Int = $b) { a }")]
    [InlineData("query ($a: Int @d(x: $b)) { a }")]
    [InlineData("query ($a: Int!!) { a }")]
    [InlineData("query ($a: [Int) { a }")]
    [InlineData("{ a(b: ) }")]
    [InlineData("{ a(b: [1) }")]
    [InlineData("{ a: }")]
    [InlineData("{ ... on }")]
    [InlineData("{ ...on }")]
    [InlineData("fragment on on T { a }")]
    [InlineData("fragment F T { a }")]
    [InlineData("fragment F($a: Int) on T { a }")]
    [InlineData("notanoperation { a }")]
    [InlineData("\"described\" { a }")]
    [InlineData("\"described\" extend type T { a: Int }")]
    [InlineData("enum E { true }")]
    [InlineData("type T { }")]
    [InlineData("type T implements A B { a: Int }")]
    [InlineData("extend type T")]
    [InlineData("extend scalar S")]
    [InlineData("schema { }")]
    [InlineData("schema { query: Q queries: R }")]
    [InlineData("directive @d on NOWHERE")]
    [InlineData("extend directive @d on FIELD")]
    [InlineData("{ a } }")]
    public void What_is_no_document_is_refused(string text) =>
        Assert.Throws<GraphQLSyntaxException>(() => Parser.Parse(text));

    [Theory]
    [InlineData("{a", 10_000, "}")]
    [InlineData("{ ... ", 100_000, "}")]
    [InlineData("query ($a: ", 1, "")]
    public void Nesting_is_bounded(string open, int times, string close)
    {
        var clock = Stopwatch.StartNew();
        var deep =
            times == 1
                ? open + new string('[', 50_000)
                : string.Concat(Enumerable.Repeat(open, times)) + string.Concat(Enumerable.Repeat(close, times));
        Assert.Equal(ErrorCodes.Limit, Assert.Throws<GraphQLSyntaxException>(() => Parser.Parse(deep)).Error.Code);
        Assert.Equal(
            ErrorCodes.Limit,
            Assert.Throws<GraphQLSyntaxException>(() => Parser.Parse("{ a(b: " + new string('[', 100_000))).Error.Code);
        Assert.Equal(
            ErrorCodes.Limit,
            Assert
                .Throws<GraphQLSyntaxException>(() =>
                    Parser.Parse("{ a(b: " + string.Concat(Enumerable.Repeat("{ a: ", 100_000))))
                .Error.Code);
        Assert.True(clock.ElapsedMilliseconds < 2_000, $"took {clock.Elapsed}");
    }

    [Fact]
    public void Tokens_are_bounded()
    {
        var options = new ParserOptions { MaxTokenCount = 5 };
        Parser.Parse("{ a b c } # comments are not counted", options);
        var error = Assert.Throws<GraphQLSyntaxException>(() => Parser.Parse("{ a b c d }", options)).Error;
        Assert.Equal(ErrorCodes.Limit, error.Code);
    }
}
