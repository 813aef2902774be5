using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class VariablesInAllowedPositionTest
{
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
    public void Variables_fit_the_places_of_their_uses(string document) => RuleCheck.Accepts<VariablesInAllowedPosition>(document);

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
    public void Other_documents_are_refused(string document, string words) => RuleCheck.Refuses<VariablesInAllowedPosition>(document, words);
}
