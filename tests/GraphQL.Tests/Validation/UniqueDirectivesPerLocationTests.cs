using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class UniqueDirectivesPerLocationTests
{
    [Theory]
    [InlineData("{ x @skip(if: true) @include(if: true) y @tag(name: \"a\") @tag(name: \"b\") z @nope @nope }")]
    public void A_directive_stands_once_unless_it_is_repeatable(string document) =>
        RuleCheck.Accepts<UniqueDirectivesPerLocation>(document);

    [Theory]
    [InlineData("{ x @skip(if: true) @skip(if: false) }", "\"@skip\"")]
    [InlineData("{ ... @include(if: true) @include(if: true) { x } }", "\"@include\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<UniqueDirectivesPerLocation>(document, words);
}
