using System.Collections;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>CompleteValue, and the handling of field errors (spec sections 6.4.3 and 6.4.4).</summary>
internal sealed partial class Executor
{
    private void CompleteValue(FieldPlan field, GraphQLType type, object? value, ResultNode parent, int index)
    {
        if (value is null)
        {
            if (type is NonNullType)
                Fail(
                    field,
                    parent,
                    index,
                    new GraphQLException("A value that must not be null is null.", ErrorCodes.Internal));
            return;
        }
        try
        {
            switch (type.Nullable)
            {
                case ScalarType scalar:
                    parent.Slots[index] = scalar.Codec.Serialize(value);
                    break;
                case EnumType values:
                    parent.Slots[index] = values.NameOf(value);
                    break;
                case ListType list:
                    CompleteListValue(field, list, value, parent, index);
                    break;
                case NamedType named:
                    var runtime = named as ObjectType ?? ResolveAbstractType(named, value);
                    var node = new ObjectNode(parent, index, field.For(runtime, Scope));
                    parent.Slots[index] = node;
                    ExecuteSelectionSet(node, value);
                    break;
            }
        }
        catch (Exception failure) when (!EndsOperation(failure))
        {
            Fail(field, parent, index, failure);
        }
    }

    private void CompleteListValue(FieldPlan field, ListType type, object value, ResultNode parent, int index)
    {
        if (value is string || value is not IEnumerable items)
            throw new InvalidOperationException(
                $"{field.Definition.Name} is a list, but its resolver gave a {value.GetType().Name}.");
        var list = value as IList ?? items.Cast<object?>().ToList();
        var node = new ListNode(parent, index, type.Of, list.Count);
        parent.Slots[index] = node;
        for (var i = 0; i < list.Count && !node.IsDead; i++) CompleteValue(field, type.Of, list[i], node, i);
    }

    /// <summary>ResolveAbstractType: the object type of the schema that the value's CLR type is bound to.</summary>
    private ObjectType ResolveAbstractType(NamedType type, object value)
    {
        if (type.TypeResolver is { } resolver)
        {
            var name = resolver(value);
            return Scope.Schema.Type(name) is ObjectType told && Scope.Schema.IsPossible(type, told)
                ? told
                : throw new InvalidOperationException($"{type.Name} cannot be a {name}.");
        }
        var clr = value.GetType();
        ObjectType? found = null;
        foreach (var candidate in Scope.Schema.PossibleTypes(type))
        {
            if (candidate.ClrType is null || candidate.ClrType == typeof(object)) continue;
            if (candidate.ClrType == clr) return candidate;
            if (candidate.ClrType.IsAssignableFrom(clr)) found = candidate;
        }
        return found
            ?? throw new InvalidOperationException(
                $"{type.Name} cannot be a {clr.Name}: no possible type is bound to it.");
    }

    private void Fail(FieldPlan field, ResultNode parent, int index, Exception failure)
    {
        if (parent.IsDetached) return;
        if (errors.Count < options.MaxErrorCount)
        {
            var locations = field.Nodes.Select(n => document.Source.LocationOf(n.Start)).ToArray();
            errors.Add(Describe(failure) with { Locations = locations, Path = parent.PathTo(index) });
        }
        // The null moves up to the nearest nullable place; the result below that place is dropped.
        while (parent.IsNonNull(index))
        {
            parent.IsDead = true;
            if (parent.Parent is null) return;
            (parent, index) = (parent.Parent, parent.Index);
        }
        if (parent.Slots[index] is ResultNode replaced) replaced.IsDead = true;
        parent.Slots[index] = null;
    }

    private GraphQLError Describe(Exception failure)
    {
        switch (failure)
        {
            case GraphQLException known:
                return known.Error;
            case CoercionException problem:
                return new GraphQLError(
                    char.ToUpperInvariant(problem.Message[0]) + problem.Message[1..], Code: ErrorCodes.BadInput);
            default:
                options.OnResolverFailure?.Invoke(failure);
                return new GraphQLError("This field could not be resolved.", Code: ErrorCodes.Internal);
        }
    }
}
