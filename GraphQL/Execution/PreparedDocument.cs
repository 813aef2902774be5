using System.Collections.Concurrent;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// A document that passed validation and the limits that need no variables, with the plans of its operations. The
/// collected fields depend only on the variables of @skip and @include; so the document keeps a plan for each
/// combination of their values seen, up to a limit.
/// </summary>
internal sealed class PreparedDocument(Schema schema, Document document)
{
    private const int MaxConditions = 16;
    private const int MaxPlans = 64;

    private readonly string[] conditions = Conditions.Variables(document);
    private readonly ConcurrentDictionary<(OperationDefinition, int), (SelectionPlan, PlanScope)> plans = new();

    public Document Document { get; } = document;

    public IReadOnlyDictionary<string, FragmentDefinition> Fragments { get; } =
        document.Definitions.OfType<FragmentDefinition>().ToDictionary(f => f.Name);

    public IReadOnlyList<OperationDefinition> Operations { get; } =
    [.. document.Definitions.OfType<OperationDefinition>()];

    /// <summary>
    /// GetOperation (spec section 6.1). Null, with the reason, when the name does not select exactly one operation.
    /// </summary>
    public OperationDefinition? Operation(string? name, out string problem)
    {
        problem = "";
        if (string.IsNullOrEmpty(name))
        {
            if (Operations.Count == 1)
                return Operations[0];
            problem =
                Operations.Count == 0
                    ? "The document has no operation."
                    : "The document has more than one operation: operationName must say which.";
            return null;
        }
        foreach (var operation in Operations)
            if (operation.Name == name) return operation;
        problem = $"The document has no operation named \"{name}\".";
        return null;
    }

    /// <summary>The plan of the root selection and the scope in which the plans below it are collected.</summary>
    public (SelectionPlan Plan, PlanScope Scope) Plan(OperationDefinition operation, InputObject variables)
    {
        var mask = 0;
        for (var i = 0; i < Math.Min(conditions.Length, MaxConditions); i++)
            if (variables.GetValueOrDefault(conditions[i]) is true) mask |= 1 << i;
        if (plans.TryGetValue((operation, mask), out var known)) return known;
        // The scope outlives the request, so of its variables it holds only those that decide conditions.
        var deciding = new InputObject();
        foreach (var name in conditions)
            if (variables.TryGetValue(name, out var value)) deciding.Set(name, value);
        var scope = new PlanScope(schema, Fragments, deciding);
        var made = (
            FieldCollector.CollectFields(scope, schema.Root(operation.Operation)!, operation.SelectionSet), scope);
        if (conditions.Length <= MaxConditions && plans.Count < MaxPlans)
            plans.TryAdd((operation, mask), made);
        return made;
    }
}
