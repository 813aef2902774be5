using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>An anonymous operation is the only operation (spec section 5.2.3.1).</summary>
internal sealed class LoneAnonymousOperation : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (operation.Name is null && context.Operations.Count > 1)
            context.Report("An operation without name must be the only operation of the document.", operation);
    }
}
