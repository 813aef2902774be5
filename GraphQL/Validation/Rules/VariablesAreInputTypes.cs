using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Variables have scalar, enum or input object types (spec section 5.8.2).</summary>
internal sealed class VariablesAreInputTypes : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        foreach (var variable in operation.Variables)
            if (context.Schema.Type(variable.Type) is { IsInput: false } type)
                context.Report(
                    $"Variable \"${variable.Name}\" cannot be of type {type}, which is no input type.", variable.Type);
    }
}
