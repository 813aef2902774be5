using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>The schema supports the operation (spec section 5.2.1.1).</summary>
internal sealed class KnownOperationTypes : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (context.Schema.Root(operation.Operation) is null)
            context.Report(
                $"The schema has no {operation.Operation.ToString().ToLowerInvariant()} root type.", operation);
    }
}
