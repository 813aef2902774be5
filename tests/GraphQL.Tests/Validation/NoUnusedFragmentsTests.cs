using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class NoUnusedFragmentsTests
{
    [Theory]
    [InlineData("{ ...A } fragment A on Query { ...B } fragment B on Query { x }")]
    public void Every_fragment_is_reached(string document) => RuleCheck.Accepts<NoUnusedFragments>(document);

    [Theory]
    [InlineData("{ x } fragment A on Query { x }", "\"A\"")]
    [InlineData("{ x } fragment A on Query { ...B } fragment B on Query { ...A }", "\"A\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<NoUnusedFragments>(document, words);
}
