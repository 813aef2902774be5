using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// A subscription selects exactly one field after its fragments are expanded, and no introspection field. Its root has
/// no @skip or @include, because their variables are not known yet (spec section 5.2.4.1, CollectSubscriptionFields).
/// </summary>
internal sealed class SingleFieldSubscriptions : ValidationRule
{
    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        if (operation.Operation != OperationType.Subscription || context.Schema.Subscription is not { } root) return;
        var keys = new Dictionary<string, Field>();
        var visited = new HashSet<string>();
        var pending = new Stack<SelectionSet>([operation.SelectionSet]);
        while (pending.TryPop(out var set))
        {
            foreach (var selection in set.Selections)
            {
                if (selection.Directives.FirstOrDefault(d => d.Name is "skip" or "include") is { } conditional)
                    context.Report(
                        $"Directive \"@{conditional.Name}\" may not stand at the root of a subscription.", conditional);
                switch (selection)
                {
                    case Field field:
                        keys.TryAdd(field.ResponseKey, field);
                        break;
                    case InlineFragment inline
                        when inline.TypeCondition is null || Applies(context.Schema, root, inline.TypeCondition.Name):
                        pending.Push(inline.SelectionSet);
                        break;
                    case FragmentSpread spread when visited.Add(spread.Name):
                        if (context.Fragments.TryGetValue(spread.Name, out var fragment)
                            && Applies(context.Schema, root, fragment.TypeCondition.Name))
                            pending.Push(fragment.SelectionSet);
                        break;
                }
            }
        }
        if (keys.Count > 1) context.Report("A subscription selects exactly one field.", keys.Values.Last());
        foreach (var field in keys.Values.Where(f => f.Name.StartsWith("__", StringComparison.Ordinal)))
            context.Report($"A subscription cannot select the introspection field \"{field.Name}\".", field);
    }

    private static bool Applies(Schema schema, ObjectType root, string condition) =>
        schema.Type(condition) is { } type && (ReferenceEquals(type, root) || schema.IsPossible(type, root));
}
