using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class KnownDirectivesTests
{
    [Theory]
    [InlineData("query @tag(name: \"a\") { users @include(if: true) { id ...F @skip(if: false) } } fragment F on User "
        + "@tag(name: \"b\") { id }")]
    [InlineData("query ($v: Int @tag(name: \"a\")) { x }")]
    public void Directives_exist_and_stand_where_they_may(string document) =>
        RuleCheck.Accepts<KnownDirectives>(document);

    [Theory]
    [InlineData("{ x @nope }", "\"@nope\"")]
    [InlineData("query @skip(if: true) { x }", "QUERY")]
    [InlineData("mutation @tag(name: \"a\") { x }", "MUTATION")]
    [InlineData("query ($v: Int @once) { x }", "VARIABLE_DEFINITION")]
    [InlineData("{ x @deprecated }", "FIELD")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<KnownDirectives>(document, words);
}
