using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class ExecutableDefinitionsTests
{
    [Theory]
    [InlineData("{ __typename }")]
    [InlineData("query A { x } fragment F on Q { y }")]
    public void A_request_holds_operations_and_fragments_only(string document) =>
        RuleCheck.Accepts<ExecutableDefinitions>(document);

    [Theory]
    [InlineData("type T { a: Int }", "definitions of types")]
    [InlineData("{ a } extend schema @x", "definitions of types")]
    [InlineData("directive @d on FIELD", "definitions of types")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<ExecutableDefinitions>(document, words);
}
