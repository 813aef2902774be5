using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class NoFragmentCyclesTests
{
    [Theory]
    [InlineData(
        "{ ...A ...A } fragment A on Q { ...B ...B } fragment B on Q { x { ...C } } fragment C on Q { x ...Unknown }")]
    public void No_fragment_spreads_itself(string document) => RuleCheck.Accepts<NoFragmentCycles>(document);

    [Theory]
    [InlineData("fragment A on Q { ...A }", "\"A\"")]
    [InlineData("fragment A on Q { x { ... { ...A } } }", "\"A\"")]
    [InlineData(
        "fragment A on Q { ...B } fragment B on Q { x { ...C } } fragment C on Q { ...A }", "must not spread itself")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<NoFragmentCycles>(document, words);

    [Fact]
    public void Chains_of_any_length_are_looked_at_and_too_long_ones_refused()
    {
        var text = new System.Text.StringBuilder("{ ...F0 }");
        for (var i = 0; i < 20_000; i++) text.Append($" fragment F{i} on Query {{ ...F{i + 1} }}");
        RuleCheck.Refuses<NoFragmentCycles>(text.Append(" fragment F20000 on Query { count }").ToString(), "the limit");
        RuleCheck.Refuses<NoFragmentCycles>(text.ToString().Replace("count", "...F0"), "must not spread itself");
    }
}
