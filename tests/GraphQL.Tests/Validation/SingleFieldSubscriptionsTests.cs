using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class SingleFieldSubscriptionsTests
{
    [Theory]
    [InlineData("subscription { ticks }")]
    [InlineData("subscription { ...F ... { ticks } ticks } fragment F on Subscription { ticks }")]
    [InlineData("subscription { userChanged { id name } }")]
    [InlineData("{ a b }")]
    [InlineData("subscription { ticks ... on User { id } }")]
    public void A_subscription_selects_one_field(string document) =>
        RuleCheck.Accepts<SingleFieldSubscriptions>(document);

    [Theory]
    [InlineData("subscription { ticks userChanged { id } }", "exactly one")]
    [InlineData("subscription { ticks x: ticks }", "exactly one")]
    [InlineData("subscription { __typename }", "\"__typename\"")]
    [InlineData("subscription { ticks ...F } fragment F on Subscription { y: ticks }", "exactly one")]
    [InlineData("subscription { ticks @skip(if: true) }", "\"@skip\"")]
    [InlineData("subscription { ... @include(if: true) { ticks } }", "\"@include\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<SingleFieldSubscriptions>(document, words);
}
