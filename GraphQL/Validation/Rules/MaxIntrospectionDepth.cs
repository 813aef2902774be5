using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// Introspection may not nest three of its lists: fields of types of fields of types … grow without end. The
/// specification has no such rule, but the reference implementation refuses the same documents.
/// </summary>
internal sealed class MaxIntrospectionDepth : ValidationRule
{
    private const int MaxListDepth = 3;

    /// <summary>For each fragment, the greatest depth at which it was found harmless; also ends cycles.</summary>
    private readonly Dictionary<string, int> harmless = [];

    public override void Field(ValidationContext context, Field field, NamedType? parent, FieldDef? definition)
    {
        if (field.Name is not ("__schema" or "__type") || context.HasFragmentCycles) return;
        if (Exceeds(context, field.SelectionSet, 0)) context.Report("Introspection nests too many lists.", field);
    }

    private bool Exceeds(ValidationContext context, SelectionSet? set, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (set is null) return false;
        foreach (var selection in set.Selections)
        {
            switch (selection)
            {
                case Field field:
                    var inner = field.Name is "fields" or "interfaces" or "possibleTypes" or "inputFields"
                        ? depth + 1
                        : depth;
                    if (inner >= MaxListDepth || Exceeds(context, field.SelectionSet, inner))
                        return true;
                    break;
                case InlineFragment inline:
                    if (Exceeds(context, inline.SelectionSet, depth)) return true;
                    break;
                case FragmentSpread spread when context.Fragments.TryGetValue(spread.Name, out var fragment):
                    if (harmless.TryGetValue(spread.Name, out var known) && known >= depth) break;
                    if (Exceeds(context, fragment.SelectionSet, depth)) return true;
                    harmless[spread.Name] = depth;
                    break;
            }
        }
        return false;
    }
}
