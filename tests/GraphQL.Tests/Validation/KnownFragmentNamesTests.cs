using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class KnownFragmentNamesTests
{
    [Theory]
    [InlineData("{ ...A } fragment A on Query { self { ...A } }")]
    public void Spread_fragments_exist(string document) => RuleCheck.Accepts<KnownFragmentNames>(document);

    [Theory]
    [InlineData("{ ...A }", "\"A\"")]
    [InlineData("{ self { ... on Query { ...B } } }", "\"B\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<KnownFragmentNames>(document, words);
}
