using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Names of operations are unique in a document (spec section 5.2.2.1).</summary>
internal sealed class UniqueOperationNames : ValidationRule
{
    private readonly Dictionary<string, OperationDefinition> known = [];

    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (operation.Name is not null && !known.TryAdd(operation.Name, operation))
            context.Report(
                $"There is more than one operation named \"{operation.Name}\".", known[operation.Name], operation);
    }
}
