using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class FieldsOnCorrectTypeTests
{
    [Theory]
    [InlineData("{ users { id __typename } pet(flag: true) { __typename } __schema { x: description } __type(name: "
        + "\"a\") { name } }")]
    [InlineData("{ ... on Unknown { anything } }")]
    public void Selected_fields_exist(string document) => RuleCheck.Accepts<FieldsOnCorrectType>(document);

    [Theory]
    [InlineData("{ usrs { id } }", "Did you mean \"users\"")]
    [InlineData("{ pet(flag: true) { barks } }", "fragment on Dog")]
    [InlineData("{ users { __schema { description } } }", "\"__schema\"")]
    [InlineData("{ pet(flag: true) { name } }", "\"name\"")]
    [InlineData("mutation { __type(name: \"a\") { name } }", "\"__type\"")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<FieldsOnCorrectType>(document, words);
}
