using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueArgumentNamesTests
{
    [Theory]
    [InlineData("{ x(a: 1, b: 2) y(a: 1) @d(a: 1) @d(a: 1) }")]
    public void An_argument_is_given_once(string document) => RuleCheck.Accepts<UniqueArgumentNames>(document);

    [Theory]
    [InlineData("{ x(a: 1, a: 1) }", "\"a\"")]
    [InlineData("{ x @d(a: 1, b: 2, a: 3) }", "\"a\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueArgumentNames>(document, words);
}
