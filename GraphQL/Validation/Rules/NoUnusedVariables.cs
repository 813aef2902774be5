using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Defined variables are used (spec section 5.8.4).</summary>
internal sealed class NoUnusedVariables : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (operation.Variables.Count == 0) return;
        var used = context.VariableUsages(operation).Select(u => u.Node.Name).ToHashSet();
        foreach (var variable in operation.Variables)
        {
            if (used.Contains(variable.Name)) continue;
            var by = operation.Name is null ? "" : $" in operation \"{operation.Name}\"";
            context.Report($"Variable \"${variable.Name}\" is never used{by}.", variable);
        }
    }
}
