using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// CollectFields (spec section 6.3.2): fields in the order of their first appearance,
/// each fragment once per collection.
/// </summary>
internal static class FieldCollector
{
    public static SelectionPlan CollectFields(PlanScope scope, ObjectType type, SelectionSet selectionSet)
    {
        var grouped = new OrderedDictionary<string, List<Field>>();
        Collect(scope, type, selectionSet, [], grouped);
        return Plan(scope, type, grouped);
    }

    /// <summary>CollectSubfields: the selections of all merged fields together.</summary>
    public static SelectionPlan CollectSubfields(PlanScope scope, ObjectType type, IReadOnlyList<Field> fields)
    {
        var grouped = new OrderedDictionary<string, List<Field>>();
        var visited = new HashSet<string>();
        foreach (var field in fields)
            if (field.SelectionSet is not null) Collect(scope, type, field.SelectionSet, visited, grouped);
        return Plan(scope, type, grouped);
    }

    private static SelectionPlan Plan(PlanScope scope, ObjectType type, OrderedDictionary<string, List<Field>> grouped)
    {
        var fields = new FieldPlan[grouped.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            var (key, nodes) = grouped.GetAt(i);
            var definition = scope.Schema.Field(type, nodes[0].Name)!;
            fields[i] = new FieldPlan(key, definition, definition.Binding, [.. nodes]);
        }
        return new SelectionPlan(type, fields);
    }

    private static void Collect(
        PlanScope scope,
        ObjectType type,
        SelectionSet set,
        HashSet<string> visited,
        OrderedDictionary<string, List<Field>> grouped)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var selection in set.Selections)
        {
            if (!Conditions.Include(selection.Directives, scope.Variables)) continue;
            switch (selection)
            {
                case Field field:
                    if (!grouped.TryGetValue(field.ResponseKey, out var nodes)) grouped[field.ResponseKey] = nodes = [];
                    nodes.Add(field);
                    break;
                case InlineFragment inline
                    when inline.TypeCondition is null || Applies(scope.Schema, type, inline.TypeCondition.Name):
                    Collect(scope, type, inline.SelectionSet, visited, grouped);
                    break;
                case FragmentSpread spread when visited.Add(spread.Name):
                    var fragment = scope.Fragments[spread.Name];
                    if (Applies(scope.Schema, type, fragment.TypeCondition.Name))
                        Collect(scope, type, fragment.SelectionSet, visited, grouped);
                    break;
            }
        }
    }

    /// <summary>DoesFragmentTypeApply.</summary>
    private static bool Applies(Schema schema, ObjectType type, string condition) =>
        type.Name == condition
        || (schema.Type(condition) is { IsAbstract: true } contract && schema.IsPossible(contract, type));
}
