using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class NoUnusedVariablesTests
{
    [Theory]
    [InlineData("query ($a: Int, $b: Int) { x(a: [$a]) ...F } fragment F on Q { ... @d(x: $b) { y } }")]
    public void Defined_variables_are_used(string document) => RuleCheck.Accepts<NoUnusedVariables>(document);

    [Theory]
    [InlineData("query ($a: Int) { x }", "\"$a\"")]
    [InlineData("query A($a: Int) { x(a: $a) } query B($a: Int) { x }", "operation \"B\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<NoUnusedVariables>(document, words);
}
