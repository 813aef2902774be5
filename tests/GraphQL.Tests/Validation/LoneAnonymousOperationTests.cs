using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class LoneAnonymousOperationTests
{
    [Theory]
    [InlineData("{ a }")]
    [InlineData("query A { a } query B { b }")]
    [InlineData("{ a } fragment F on Q { b }")]
    public void An_operation_without_name_is_alone(string document) =>
        RuleCheck.Accepts<LoneAnonymousOperation>(document);

    [Theory]
    [InlineData("{ a } { b }", "only operation")]
    [InlineData("{ a } query B { b }", "only operation")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<LoneAnonymousOperation>(document, words);
}
