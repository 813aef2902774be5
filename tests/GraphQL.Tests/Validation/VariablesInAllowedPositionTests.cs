using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;
using Tributary.GraphQL.Validation;
using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class VariablesInAllowedPositionTests
{
    [Theory]
    [InlineData("query ($v: Int) { a(o: { x: $v }) }")]
    [InlineData("query ($v: Int) { b(o: { x: $v }) }")]
    [InlineData("query ($v: Int) { c(o: [{ x: $v }]) }")]
    [InlineData("query ($v: Int = 1) { a(o: { x: $v }) }")]
    public void A_nullable_variable_is_refused_in_a_oneOf_input_object_wherever_that_stands(string document)
    {
        var schema = SchemaBuilder.Build(
            "input O @oneOf { x: Int, y: Int } type Query { a(o: O): Int, b(o: O!): Int, c(o: [O!]): Int }");
        Assert.Contains(
            "must be non-null", Assert.Single(DocumentValidator.Validate(schema, Parser.Parse(document))).Message);
        Assert.Empty(
            DocumentValidator.Validate(
                schema, Parser.Parse(document.Replace("Int", "Int!").Replace("Int! = 1", "Int!"))));
    }

    [Theory]
    [InlineData("query ($a: Int, $b: Int!) { count(a: $a) x: count(a: $b) }")]
    [InlineData("query ($a: Int) { users(limit: $a) { id } }")]
    [InlineData("query ($a: ID = 1) { user(id: $a) { id } }")]
    [InlineData("query ($a: [Color!]!) { users(colors: $a) { id } }")]
    [InlineData("query ($a: Color!) { users(colors: [$a]) { id } }")]
    [InlineData("query ($a: Int) { any(point: { x: $a, y: 1 }) { x } }")]
    [InlineData("query ($a: ID!) { node(choice: { id: $a }) { id } }")]
    [InlineData("query ($a: Any) { pet(any: $a, flag: true) { x } }")]
    [InlineData("query ($a: Boolean!) { ...F } fragment F on Query { count @skip(if: $a) }")]
    [InlineData("query ($a: User) { count(a: $a) }")]
    public void Variables_fit_the_places_of_their_uses(string document) =>
        RuleCheck.Accepts<VariablesInAllowedPosition>(document);

    [Theory]
    [InlineData("query ($a: Int) { user(id: $a) { id } }", "\"$a\"")]
    [InlineData("query ($a: ID) { user(id: $a) { id } }", "ID!")]
    [InlineData("query ($a: ID = null) { user(id: $a) { id } }", "ID!")]
    [InlineData("query ($a: Int!) { count(b: $a) }", "Float")]
    [InlineData("query ($a: Color) { users(colors: $a) { id } }", "[Color!]")]
    [InlineData("query ($a: [Color]) { users(colors: $a) { id } }", "[Color!]")]
    [InlineData("query ($a: Color) { users(colors: [$a]) { id } }", "Color!")]
    [InlineData("query ($a: [Int]) { count(a: $a) }", "Int")]
    [InlineData("query ($a: Int) { any(point: { y: $a }) { x } }", "Int!")]
    [InlineData("query ($a: ID) { node(choice: { id: $a }) { id } }", "non-null")]
    [InlineData("query ($a: Boolean) { ...F } fragment F on Query { count @skip(if: $a) }", "Boolean!")]
    [InlineData("query ($a: ID) { node(choice: { many: [$a] }) { id } }", "Int!")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<VariablesInAllowedPosition>(document, words);
}
