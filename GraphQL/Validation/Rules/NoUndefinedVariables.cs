using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>Each operation defines every variable whose use it reaches (spec section 5.8.3).</summary>
internal sealed class NoUndefinedVariables : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        var defined = operation.Variables.Select(v => v.Name).ToHashSet();
        foreach (var usage in context.VariableUsages(operation))
        {
            if (defined.Contains(usage.Node.Name)) continue;
            var by = operation.Name is null ? "" : $" by operation \"{operation.Name}\"";
            context.Report($"Variable \"${usage.Node.Name}\" is not defined{by}.", usage.Node, operation);
            if (context.IsFull) return;
        }
    }
}
