using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Binding;

/// <summary>Checks whether values of a CLR type can have the type of a field.</summary>
internal static class ClrFit
{
    /// <summary>
    /// The mismatch, or null. <c>object</c> fits every type; its values are checked when they arrive.
    /// </summary>
    public static string? Problem(Schema schema, SchemaBindings bindings, GraphQLType type, Type clr)
    {
        if (clr == typeof(object)) return null;
        var underlying = Nullable.GetUnderlyingType(clr);
        if (type.IsNonNull && underlying is not null) return "its values may be null";
        clr = underlying ?? clr;
        switch (type.Nullable)
        {
            case ListType list:
                return ItemType(clr) is { } item ? Problem(schema, bindings, list.Of, item) : "that is no list";
            case ScalarType scalar:
                var allowed = scalar.Codec.ClrTypes;
                return allowed.Count == 0 || allowed.Any(a => a.IsAssignableFrom(clr))
                    ? null
                    : $"{scalar.Name} is written from {string.Join(", ", allowed.Select(Name))}";
            case EnumType values:
                return clr == typeof(string) || clr == values.ClrType
                    ? null
                    : $"enum {values.Name} is bound to {(values.ClrType is null ? "string" : Name(values.ClrType))}";
            case NamedType named:
                var bound = schema
                    .PossibleTypes(named)
                    .Select(t => bindings.Objects.GetValueOrDefault(t.Name)?.ClrType)
                    .OfType<Type>()
                    .ToList();
                return bound.Count == 0 || bound.Any(b => b.IsAssignableFrom(clr) || clr.IsAssignableFrom(b))
                    ? null
                    : $"{named.Name} is bound to {string.Join(", ", bound.Select(Name))}";
            default:
                return null;
        }
    }

    public static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private static Type? ItemType(Type clr)
    {
        if (clr == typeof(string))
            return null;
        return clr.GetInterfaces()
            .Prepend(clr)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0];
    }
}
