using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueInputFieldNamesTests
{
    [Theory]
    [InlineData("{ x(a: { b: 1, c: { b: 1 } }) }")]
    public void Fields_of_a_literal_have_different_names(string document) =>
        RuleCheck.Accepts<UniqueInputFieldNames>(document);

    [Theory]
    [InlineData("{ x(a: { b: 1, b: 1 }) }", "\"b\"")]
    [InlineData("{ x(a: [{ c: { b: 1, b: 2 } }]) }", "\"b\"")]
    [InlineData("query ($v: Any = { b: 1, b: 1 }) { x }", "\"b\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueInputFieldNames>(document, words);
}
