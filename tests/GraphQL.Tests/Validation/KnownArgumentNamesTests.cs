using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class KnownArgumentNamesTests
{
    [Theory]
    [InlineData("{ user(id: 1) { name(upper: true) } unknown(x: 1) x @skip(if: true) @nope(y: 1) }")]
    public void Given_arguments_exist(string document) => RuleCheck.Accepts<KnownArgumentNames>(document);

    [Theory]
    [InlineData("{ user(ids: 1) { id } }", "Did you mean \"id\"")]
    [InlineData("{ count @skip(iff: true) }", "\"@skip\"")]
    [InlineData("{ self(x: 1) { count } }", "\"x\"")]
    [InlineData("{ __typename(a: 1) }", "\"a\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<KnownArgumentNames>(document, words);
}
