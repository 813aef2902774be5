using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;
using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Validation;

/// <summary>Validates documents against a schema (spec section 5): all rules in one walk.</summary>
public static class DocumentValidator
{
    public const int DefaultMaxErrors = 50;

    /// <summary>
    /// The errors of the document, at most <paramref name="maxErrors"/>; empty when the document may be executed.
    /// </summary>
    public static IReadOnlyList<GraphQLError> Validate(
        Schema schema,
        Document document,
        int maxErrors = DefaultMaxErrors) => Validate(schema, document, CreateRules(), maxErrors);

    internal static IReadOnlyList<GraphQLError> Validate(
        Schema schema, Document document, ValidationRule[] rules, int maxErrors = DefaultMaxErrors)
    {
        var context = new ValidationContext(schema, document, maxErrors);
        try
        {
            new DocumentWalker(context, rules).Walk();
        }
        catch (InsufficientExecutionStackException)
        {
            context.Report("The document nests too deep through its fragments.");
        }
        return context.Errors;
    }

    /// <summary>
    /// The order matters: cycles of fragments must be found before another rule walks through spreads.
    /// </summary>
    internal static ValidationRule[] CreateRules() =>
    [
        new NoFragmentCycles(),
        new ExecutableDefinitions(),
        new KnownOperationTypes(),
        new UniqueOperationNames(),
        new LoneAnonymousOperation(),
        new KnownTypeNames(),
        new FragmentsOnCompositeTypes(),
        new VariablesAreInputTypes(),
        new ScalarLeafs(),
        new FieldsOnCorrectType(),
        new UniqueFragmentNames(),
        new KnownFragmentNames(),
        new NoUnusedFragments(),
        new PossibleFragmentSpreads(),
        new UniqueVariableNames(),
        new NoUndefinedVariables(),
        new NoUnusedVariables(),
        new KnownDirectives(),
        new UniqueDirectivesPerLocation(),
        new KnownArgumentNames(),
        new UniqueArgumentNames(),
        new ValuesOfCorrectType(),
        new ProvidedRequiredArguments(),
        new VariablesInAllowedPosition(),
        new UniqueInputFieldNames(),
        new MaxIntrospectionDepth(),
        new SingleFieldSubscriptions(),
        new OverlappingFieldsCanBeMerged(),
    ];
}
