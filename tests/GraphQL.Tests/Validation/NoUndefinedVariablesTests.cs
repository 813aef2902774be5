using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class NoUndefinedVariablesTests
{
    [Theory]
    [InlineData("query ($a: Int) { x(a: $a) @d(b: [{ c: $a }]) ...F } fragment F on Q { y(a: $a) }")]
    [InlineData("query ($a: Int) { ...A } fragment A on Q { ...B } fragment B on Q { ...A y(a: $a) }")]
    public void Used_variables_are_defined_by_each_operation(string document) =>
        RuleCheck.Accepts<NoUndefinedVariables>(document);

    [Theory]
    [InlineData("{ x(a: $a) }", "\"$a\"")]
    [InlineData("query A($a: Int) { ...F } query B { ...F } fragment F on Q { x(a: $a) }", "operation \"B\"")]
    [InlineData("query @d(a: $z) { x }", "\"$z\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<NoUndefinedVariables>(document, words);
}
