using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueVariableNamesTests
{
    [Theory]
    [InlineData("query A($a: Int, $b: Int) { x } query B($a: Int) { x }")]
    public void Variables_have_different_names(string document) => RuleCheck.Accepts<UniqueVariableNames>(document);

    [Theory]
    [InlineData("query ($a: Int, $a: String) { x }", "\"$a\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueVariableNames>(document, words);
}
