using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class VariablesAreInputTypesTests
{
    [Theory]
    [InlineData("query ($a: Int, $b: [Color!]!, $c: Filter, $d: Unknown) { a }")]
    public void Variables_are_of_input_types(string document) => RuleCheck.Accepts<VariablesAreInputTypes>(document);

    [Theory]
    [InlineData("query ($a: User) { a }", "User")]
    [InlineData("query ($a: [Pet!]!) { a }", "[Pet!]!")]
    [InlineData("query ($a: Node) { a }", "Node")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<VariablesAreInputTypes>(document, words);
}
