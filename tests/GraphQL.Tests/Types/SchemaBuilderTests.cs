using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Types;

public sealed class SchemaBuilderTests
{
    [Theory]
    [InlineData("type A { a: Int }", "no query root")]
    [InlineData("type Query { a: Nope }", "Nope")]
    [InlineData("type Query { a: Int a: Int }", "more than once")]
    [InlineData("type Query { a: Int } type Query { b: Int }", "more than one type Query")]
    [InlineData("type Query", "has no fields")]
    [InlineData("type Query { __a: Int }", "reserved")]
    [InlineData("type __Q { a: Int } type Query { a: Int }", "reserved")]
    [InlineData("type Query { a(b: Query): Int }", "no input type")]
    [InlineData("type Query { a: I } input I { a: Int }", "no output type")]
    [InlineData("type Query { a(x: I): Int } input I { a: Query }", "no input type")]
    [InlineData("type Query { a(b: Int = \"x\"): Int }", "default")]
    [InlineData("type Query { a(b: Int!  @deprecated): Int }", "cannot be deprecated")]
    [InlineData("type Query { a(i: I): Int } input I { a: Int! @deprecated }", "cannot be deprecated")]
    [InlineData("type Query implements Node { a: Int } interface Node { id: ID! }", "lacks the field id")]
    [InlineData("type Query implements Node { id: ID } interface Node { id: ID! }", "promises ID!")]
    [InlineData("type Query implements N { a: Int } interface N { a(b: Int): Int }", "lacks the argument b")]
    [InlineData("type Query implements N { a(b: Int!): Int } interface N { a(b: Int): Int }", "promises Int")]
    [InlineData("type Query implements N { a(b: Int!): Int } interface N { a: Int }", "does not have it")]
    [InlineData(
        "type Query implements B { a: Int } interface A { a: Int } interface B implements A { a: Int }",
        "must implement A")]
    [InlineData("type Query { a: Int } interface A implements A { a: Int }", "cannot implement itself")]
    [InlineData("type Query implements A & A { a: Int } interface A { a: Int }", "more than once")]
    [InlineData("type Query implements Query { a: Int }", "not an interface")]
    [InlineData("type Query { a: U } union U = Int", "not an object type")]
    [InlineData("type Query { a: U } union U", "no members")]
    [InlineData("type Query { a: U } union U = Query | Query", "more than once")]
    [InlineData("type Query { a: E } enum E", "no values")]
    [InlineData("type Query { a: E } enum E { A A }", "more than once")]
    [InlineData("type Query { a(i: I): Int } input I { i: I! }", "needs itself")]
    [InlineData("type Query { a(i: I): Int } input I { j: J! } input J { i: I! }", "needs itself")]
    [InlineData("type Query { a(i: I): Int } input I @oneOf { a: Int! }", "must be nullable")]
    [InlineData("type Query { a(i: I): Int } input I @oneOf { a: Int = 1 }", "cannot have a default")]
    [InlineData("type Query { a: Int @nope }", "not defined")]
    [InlineData("type Query { a: Int @specifiedBy(url: \"x\") }", "not allowed")]
    [InlineData("type Query { a: Int @deprecated @deprecated }", "only once")]
    [InlineData("type Query { a: Int @deprecated(why: \"x\") }", "no argument why")]
    [InlineData("type Query { a: S } scalar S @specifiedBy", "needs the argument url")]
    [InlineData("type Query { a: Int } extend type Nope { a: Int }", "extended but not defined")]
    [InlineData("type Query { a: Int } extend enum Query { A }", "another kind")]
    [InlineData("schema { query: Nope } type Query { a: Int }", "Nope is not defined")]
    [InlineData("schema { query: S } scalar S", "must be an object type")]
    [InlineData("schema { query: Query query: Query } type Query { a: Int }", "more than one query")]
    [InlineData("type Query { a: Int } { a }", "type definitions only")]
    [InlineData("directive @d(a: Query) on FIELD type Query { a: Int }", "no input type")]
    [InlineData("directive @d on FIELD directive @d on FIELD type Query { a: Int }", "more than one directive")]
    public void Wrong_schemas_are_refused_with_a_reason(string sdl, string words)
    {
        var problems = Assert.Throws<SchemaException>(() => SchemaBuilder.Build(sdl)).Problems;
        Assert.Contains(problems, p => p.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_named_at_once()
    {
        var problems = Assert
            .Throws<SchemaException>(() => SchemaBuilder.Build("type Query { __a: Int, __b: Int } union U"))
            .Problems;
        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public void Extensions_are_merged()
    {
        var schema = SchemaBuilder.Build(
            """
            "the schema" schema { query: Root }
            extend schema { mutation: Change }
            type Root { a: Int }
            extend type Root implements Named { name: String }
            interface Named { name: String }
            type Change { b: E }
            enum E { A } extend enum E { B }
            input I { a: Int } extend input I { b: I = { a: 1 } }
            union U = Root extend union U = Change
            scalar S extend scalar S @specifiedBy(url: "https://example.org")
            """);
        Assert.Equal("Root", schema.Query.Name);
        Assert.Equal("Change", schema.Mutation!.Name);
        Assert.Null(schema.Subscription);
        Assert.Equal("the schema", schema.Description);
        Assert.Equal(["a", "name"], schema.Query.Fields.Select(f => f.Name));
        Assert.True(schema.IsPossible(schema.Type("Named")!, schema.Query));
        Assert.Equal(["A", "B"], ((EnumType)schema.Type("E")!).Values.Select(v => v.Name));
        Assert.Equal(2, ((UnionType)schema.Type("U")!).Members.Count);
        Assert.Equal("https://example.org", ((ScalarType)schema.Type("S")!).SpecifiedByUrl);
    }
}
