using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class ScalarLeafsTests
{
    [Theory]
    [InlineData("{ users { id name } }")]
    [InlineData("{ users { nothing { x } } }")]
    public void Leafs_have_no_selection_and_others_have_one(string document) =>
        RuleCheck.Accepts<ScalarLeafs>(document);

    [Theory]
    [InlineData("{ users }", "needs a selection")]
    [InlineData("{ users { id { x } } }", "no fields")]
    [InlineData("{ users { color { x } } }", "no fields")]
    [InlineData("{ pet(flag: true) }", "needs a selection")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<ScalarLeafs>(document, words);
}
