using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueOperationNamesTests
{
    [Theory]
    [InlineData("query A { a } query B { b }")]
    [InlineData("{ a }")]
    public void Names_of_operations_are_unique(string document) => RuleCheck.Accepts<UniqueOperationNames>(document);

    [Theory]
    [InlineData("query A { a } query A { b }", "\"A\"")]
    [InlineData("query A { a } mutation A { b }", "\"A\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueOperationNames>(document, words);
}
