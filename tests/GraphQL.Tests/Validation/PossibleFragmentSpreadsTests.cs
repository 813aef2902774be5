using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class PossibleFragmentSpreadsTests
{
    [Theory]
    [InlineData("{ users { ... on Node { id } ... on User { id } ... on Any2 { x } } node { ... on Pet { x } ... on "
        + "Named { id } } }")]
    [InlineData("{ users { ...F } } fragment F on Named { id }")]
    [InlineData("{ users { ... on Unknown { x } ... on Point { x } } }")]
    public void Some_object_is_of_both_types(string document) => RuleCheck.Accepts<PossibleFragmentSpreads>(document);

    [Theory]
    [InlineData("{ users { ... on Dog { id } } }", "Dog can never apply to User")]
    [InlineData("{ pet(flag: true) { ... on User { id } } }", "User can never apply to Pet")]
    [InlineData("{ users { ...F } } fragment F on Pet { x }", "\"F\" on Pet can never apply to User")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<PossibleFragmentSpreads>(document, words);
}
