using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class FragmentsOnCompositeTypesTests
{
    [Theory]
    [InlineData("{ ... on User { id } ... on Node { id } ... on Pet { x } ... { y } }")]
    public void Fragments_are_on_types_with_fields(string document) =>
        RuleCheck.Accepts<FragmentsOnCompositeTypes>(document);

    [Theory]
    [InlineData("{ ... on Point { x } }", "Point")]
    [InlineData("fragment F on Color { x }", "\"F\"")]
    [InlineData("fragment F on Int { x }", "Int")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<FragmentsOnCompositeTypes>(document, words);
}
