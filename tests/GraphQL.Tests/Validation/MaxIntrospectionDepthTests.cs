using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class MaxIntrospectionDepthTests
{
    [Theory]
    [InlineData("{ __schema { types { fields { type { fields { name } } } } } }")]
    [InlineData("{ users { fields { fields { fields { x } } } } }")]
    public void Introspection_cannot_follow_lists_for_ever(string document) =>
        RuleCheck.Accepts<MaxIntrospectionDepth>(document);

    [Theory]
    [InlineData("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "nests too many")]
    [InlineData("{ __type(name: \"a\") { interfaces { possibleTypes { inputFields { name } } } } }", "nests too many")]
    [InlineData(
        "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { "
        + "fields { type { interfaces { name } } } }",
        "nests too many")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<MaxIntrospectionDepth>(document, words);
}
