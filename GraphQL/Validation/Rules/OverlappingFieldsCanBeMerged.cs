using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// Fields that share a response key can be merged (spec section 5.3.2). Instead of comparing all pairs, the rule groups
/// the fields of a set. All fields of one key must have the same shape (SameResponseShape). Those that can apply to one
/// object, because they have the same parent or an abstract parent, must also be the same field with the same
/// arguments. Both relations are equivalences, so each field is compared with the first only. The selections of a group
/// are then merged and checked in turn. Groups seen before are skipped, and the work for a document is bounded.
/// </summary>
internal sealed class OverlappingFieldsCanBeMerged : ValidationRule
{
    /// <summary>
    /// Most fields collected for one document; ordinary documents need less than twice their number of fields.
    /// </summary>
    private const int MaxWork = 400_000;

    private readonly Queue<FieldGroup> pending = new();
    private readonly HashSet<(ulong, ulong, GroupCheck)> seen = [];
    private readonly Dictionary<Field, string> arguments = new(ReferenceEqualityComparer.Instance);
    private int work;

    public override void Operation(ValidationContext context, OperationDefinition operation)
    {
        // Another rule refuses fragments that no operation reaches.
        if (context.HasFragmentCycles || context.Schema.Root(operation.Operation) is not { } root) return;
        Push(new FieldGroup(GroupCheck.Both, [(operation.SelectionSet, root)]));
        while (pending.TryDequeue(out var group) && !context.IsFull)
        {
            if (work > MaxWork)
            {
                context.Report("The document selects the same fields in too many ways.", operation);
                return;
            }
            var byKey = new Dictionary<string, List<FieldUse>>();
            var visited = new HashSet<string>();
            foreach (var (set, parent) in group.Sets) Collect(context, set, parent, visited, byKey);
            foreach (var uses in byKey.Values) Check(context, group.Check, uses);
        }
    }

    private void Collect(
        ValidationContext context,
        SelectionSet set,
        NamedType? parent,
        HashSet<string> visited,
        Dictionary<string, List<FieldUse>> byKey)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        work += set.Selections.Count;
        foreach (var selection in set.Selections)
        {
            switch (selection)
            {
                case Field field:
                    if (!byKey.TryGetValue(field.ResponseKey, out var uses))
                        byKey[field.ResponseKey] = uses = [];
                    uses.Add(
                        new FieldUse(field, parent, parent is null ? null : context.Schema.Field(parent, field.Name)));
                    break;
                case InlineFragment inline:
                    var type = inline.TypeCondition is null ? parent : context.Schema.Type(inline.TypeCondition.Name);
                    Collect(context, inline.SelectionSet, type, visited, byKey);
                    break;
                case FragmentSpread spread when visited.Add(spread.Name):
                    if (context.Fragments.TryGetValue(spread.Name, out var fragment))
                        Collect(
                            context, fragment.SelectionSet, context.Schema.Type(fragment.TypeCondition.Name), visited,
                            byKey);
                    break;
            }
        }
    }

    private void Check(ValidationContext context, GroupCheck check, List<FieldUse> uses)
    {
        if (uses.Count == 1)
        {
            PushChildren(check, uses);
            return;
        }
        if (check != GroupCheck.Parents)
        {
            SameResponseShape(context, uses);
            PushChildren(GroupCheck.Shape, uses);
        }
        if (check == GroupCheck.Shape) return;
        var everywhere = uses.Where(u => u.Parent is not ObjectType).ToList();
        var byObject = uses.Where(u => u.Parent is ObjectType)
            .GroupBy(u => u.Parent)
            .Select(g => g.Concat(everywhere).ToList())
            .ToList();
        foreach (var common in byObject.Count == 0 ? [everywhere] : byObject)
        {
            SameField(context, common);
            PushChildren(GroupCheck.Parents, common);
        }
    }

    private static void SameResponseShape(ValidationContext context, List<FieldUse> uses)
    {
        var first = uses.FirstOrDefault(u => u.Definition is not null);
        if (first.Definition is null) return;
        foreach (var use in uses)
        {
            if (use.Definition is null || SameShape(first.Definition.Type, use.Definition.Type)) continue;
            context.Report(
                $"Fields \"{use.Node.ResponseKey}\" conflict: they are of the types {first.Definition.Type} and "
                + $"{use.Definition.Type}. Use different aliases.",
                first.Node, use.Node);
            return;
        }
    }

    private static bool SameShape(GraphQLType a, GraphQLType b)
    {
        while (true)
        {
            if (a.IsNonNull != b.IsNonNull) return false;
            (a, b) = (a.Nullable, b.Nullable);
            if (a is ListType listA && b is ListType listB)
            {
                (a, b) = (listA.Of, listB.Of);
                continue;
            }
            if (a is ListType || b is ListType) return false;
            return ReferenceEquals(a, b) || (a.Named.IsComposite && b.Named.IsComposite);
        }
    }

    private void SameField(ValidationContext context, List<FieldUse> uses)
    {
        var first = uses[0].Node;
        for (var i = 1; i < uses.Count; i++)
        {
            var other = uses[i].Node;
            if (ReferenceEquals(first, other)) continue;
            string? why = null;
            if (first.Name != other.Name) why = $"\"{first.Name}\" and \"{other.Name}\" are different fields";
            else if (Arguments(first) != Arguments(other)) why = "they have different arguments";
            if (why is null) continue;
            context.Report($"Fields \"{first.ResponseKey}\" conflict: {why}. Use different aliases.", first, other);
            return;
        }
    }

    /// <summary>
    /// The arguments as one text, in which the order of arguments and of fields of input objects does not matter.
    /// </summary>
    private string Arguments(Field field)
    {
        if (field.Arguments.Count == 0) return "";
        if (!arguments.TryGetValue(field, out var text))
        {
            var all = field.Arguments.Select(a => $"{a.Name}:{ValueText.Of(a.Value)}").Order(StringComparer.Ordinal);
            arguments[field] = text = string.Join(",", all);
        }
        return text;
    }

    private void PushChildren(GroupCheck check, List<FieldUse> uses)
    {
        List<(SelectionSet, NamedType?)>? sets = null;
        foreach (var use in uses)
            if (use.Node.SelectionSet is { } set) (sets ??= []).Add((set, use.Definition?.Type.Named));
        if (sets is not null) Push(new FieldGroup(check, sets));
    }

    private void Push(FieldGroup group)
    {
        var (a, b) = group.Fingerprint;
        work++;
        if (seen.Add((a, b, group.Check))) pending.Enqueue(group);
    }
}
