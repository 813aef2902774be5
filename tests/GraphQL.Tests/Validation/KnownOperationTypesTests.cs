using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;
using Tributary.GraphQL.Validation;
using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class KnownOperationTypesTests
{
    [Theory]
    [InlineData("{ a }")]
    [InlineData("mutation { a }")]
    [InlineData("subscription { a }")]
    public void The_schema_has_the_root_type(string document) => RuleCheck.Accepts<KnownOperationTypes>(document);

    [Fact]
    public void An_operation_without_root_type_is_refused()
    {
        var errors = DocumentValidator.Validate(
            SchemaBuilder.Build("type Query { a: Int }"), Parser.Parse("mutation { a }"));
        Assert.Equal("The schema has no mutation root type.", Assert.Single(errors).Message);
    }
}
