using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueFragmentNamesTests
{
    [Theory]
    [InlineData("fragment A on User { id } fragment B on User { id }")]
    public void Names_of_fragments_are_unique(string document) => RuleCheck.Accepts<UniqueFragmentNames>(document);

    [Theory]
    [InlineData("fragment A on User { id } fragment A on User { name }", "\"A\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueFragmentNames>(document, words);
}
