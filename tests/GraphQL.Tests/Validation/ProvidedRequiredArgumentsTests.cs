using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class ProvidedRequiredArgumentsTests
{
    [Theory]
    [InlineData("{ user(id: null) { id } users { id } unknown }")]
    [InlineData("query ($v: Int) { users(limit: $v) { id } }")]
    public void Required_arguments_are_given(string document) => RuleCheck.Accepts<ProvidedRequiredArguments>(document);

    [Theory]
    [InlineData("{ user { id } }", "\"id\"")]
    [InlineData("{ count @skip }", "\"@skip\"")]
    [InlineData("{ count @tag(weight: 1) }", "\"name\"")]
    [InlineData("{ pet { x } }", "\"flag\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<ProvidedRequiredArguments>(document, words);
}
