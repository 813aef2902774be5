using System.Runtime.CompilerServices;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Limits;

/// <summary>
/// The cost of an operation: one per field, times the sizes of the lists around it. The size of a list is its
/// <c>first</c>, <c>last</c> or <c>limit</c>, with the actual values of variables; on a connection the argument counts
/// for the lists directly below. A fragment is priced once per kind of place.
/// </summary>
internal sealed class OperationCost(
    Schema schema, IReadOnlyDictionary<string, FragmentDefinition> fragments, InputObject variables,
    GraphQLOptions options)
{
    private const long Ceiling = long.MaxValue / 1_000_000_000 / 4;

    private readonly Dictionary<(string, bool), long> priced = [];

    public long Of(OperationDefinition operation) =>
        Of(operation.SelectionSet, schema.Root(operation.Operation)!, isSized: false);

    private long Of(SelectionSet set, NamedType parent, bool isSized)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        long cost = 0;
        foreach (var selection in set.Selections)
        {
            if (!Conditions.Include(selection.Directives, variables)) continue;
            cost += selection switch
            {
                Field field => Of(field, parent, isSized),
                InlineFragment inline => Of(
                    inline.SelectionSet,
                    inline.TypeCondition is null ? parent : schema.Type(inline.TypeCondition.Name)!,
                    isSized),
                FragmentSpread spread => Of(spread, isSized),
                _ => 0,
            };
            if (cost > Ceiling) return Ceiling;
        }
        return cost;
    }

    private long Of(FragmentSpread spread, bool isSized)
    {
        if (priced.TryGetValue((spread.Name, isSized), out var known)) return known;
        var fragment = fragments[spread.Name];
        return priced[(spread.Name, isSized)] = Of(
            fragment.SelectionSet, schema.Type(fragment.TypeCondition.Name)!, isSized);
    }

    private long Of(Field field, NamedType parent, bool isSized)
    {
        // The schema bounds the size of introspection.
        if (field.SelectionSet is null || field.Name.StartsWith("__", StringComparison.Ordinal)) return 1;
        var definition = schema.Field(parent, field.Name)!;
        var isList = definition.Type.Nullable is ListType;
        var size = SizeArgument(field, definition);
        var factor = size ?? (isList && !isSized ? options.AssumedListSize : 1);
        var inner = Of(field.SelectionSet, definition.Type.Named, isSized: size is not null && !isList);
        return Math.Min(1 + (factor * inner), Ceiling);
    }

    /// <summary>The largest size given; without one, the largest default.</summary>
    private long? SizeArgument(Field field, FieldDef definition)
    {
        long? size = null, usual = null;
        foreach (var argument in definition.Arguments)
        {
            if (!options.ListSizeArguments.Contains(argument.Name)) continue;
            var value = field.Arguments.FirstOrDefault(a => a.Name == argument.Name)?.Value;
            if (value is null || (value is VariableValue variable && !variables.Has(variable.Name)))
                usual = Larger(usual, SizeOf(argument.DefaultValue));
            else
                size = Larger(size, SizeOf(value));
        }
        return size ?? usual;
    }

    /// <summary>
    /// A negative size counts as zero: the resolver refuses it, and it must not make room for other fields.
    /// </summary>
    private long? SizeOf(ValueNode? value) => value switch
    {
        VariableValue variable => variables.GetValueOrDefault(variable.Name) is int number ? Math.Max(number, 0) : null,
        IntValue literal when int.TryParse(literal.Value, out var size) => Math.Max(size, 0),
        _ => null,
    };

    private static long? Larger(long? left, long? right) => left > right ? left : right ?? left;
}
