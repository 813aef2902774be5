using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Variables fit the places of their uses (spec section 5.8.5, IsVariableUsageAllowed).</summary>
internal sealed class VariablesInAllowedPosition : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (operation.Variables.Count == 0) return;
        var variables = new Dictionary<string, VariableDefinition>();
        foreach (var variable in operation.Variables) variables[variable.Name] = variable;
        foreach (var usage in context.VariableUsages(operation))
        {
            if (usage.Type is null || !variables.TryGetValue(usage.Node.Name, out var variable)) continue;
            if (context.Schema.Type(variable.Type) is not { IsInput: true } type) continue;
            if (!IsAllowed(context.Schema, type, variable.DefaultValue, usage))
                context.Report(
                    $"Variable \"${variable.Name}\" of type {type} cannot be used where {usage.Type} is expected.",
                    variable,
                    usage.Node);
            else if (usage.OneOf is not null && !type.IsNonNull)
                context.Report(
                    $"Variable \"${variable.Name}\" of type {type} must be non-null to be used in @oneOf input object "
                    + $"{usage.OneOf.Name}.", variable, usage.Node);
            if (context.IsFull) return;
        }
    }

    private static bool IsAllowed(Schema schema, GraphQLType variable, ValueNode? variableDefault, VariableUsage usage)
    {
        if (!usage.Type!.IsNonNull || variable.IsNonNull) return schema.IsSubType(variable, usage.Type);
        // With a default on either side, an absent value is no null; only an explicit null can fail at run time.
        var hasDefault = variableDefault is not null and not NullValue;
        return (hasDefault || usage.HasDefault) && schema.IsSubType(variable, usage.Type.Nullable);
    }
}
