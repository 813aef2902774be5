using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class KnownTypeNamesTests
{
    [Theory]
    [InlineData("query ($a: Point, $b: [[Int!]!]!) { ... on User { id } ...F } fragment F on Pet { x }")]
    public void Named_types_exist(string document) => RuleCheck.Accepts<KnownTypeNames>(document);

    [Theory]
    [InlineData("query ($a: Nope) { a }", "\"Nope\"")]
    [InlineData("query ($a: [[Nopes!]]!) { a }", "\"Nopes\"")]
    [InlineData("{ ... on Usr { id } }", "Did you mean \"User\"")]
    [InlineData("fragment F on Nope { id }", "\"Nope\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<KnownTypeNames>(document, words);
}
