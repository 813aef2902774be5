using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Variables of an operation have different names (spec section 5.8.1).</summary>
internal sealed class UniqueVariableNames : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        var known = new Dictionary<string, VariableDefinition>();
        foreach (var variable in operation.Variables)
            if (!known.TryAdd(variable.Name, variable))
                context.Report(
                    $"There is more than one variable \"${variable.Name}\".", known[variable.Name], variable);
    }
}
