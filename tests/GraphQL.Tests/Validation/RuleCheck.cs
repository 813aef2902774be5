using Tributary.GraphQL.Language;
using Tributary.GraphQL.Tests.Differential;
using Tributary.GraphQL.Validation;

namespace Tributary.GraphQL.Tests.Validation;

/// <summary>Runs one rule alone, so that a test says what that rule finds and not what others do.</summary>
internal static class RuleCheck
{
    public static void Accepts<TRule>(string document) where TRule : ValidationRule, new() =>
        Assert.Empty(Errors<TRule>(document));

    /// <summary>One error with these words in its message.</summary>
    public static void Refuses<TRule>(string document, string words) where TRule : ValidationRule, new()
    {
        var errors = Errors<TRule>(document);
        Assert.NotEmpty(errors);
        Assert.Contains(words, errors[0].Message);
        Assert.Equal(ErrorCodes.Validation, errors[0].Code);
    }

    private static IReadOnlyList<GraphQLError> Errors<TRule>(string document) where TRule : ValidationRule, new() =>
        DocumentValidator.Validate(GeneratedSchema.Schema, Parser.Parse(document), [new TRule()]);
}
