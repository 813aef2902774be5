using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// A type of a schema: named, list or non-null. Compared by identity; each inner type
/// has one list and one non-null type.
/// </summary>
public abstract class GraphQLType
{
    private ListType? list;
    private NonNullType? nonNull;

    /// <summary>The type of lists of this type.</summary>
    public ListType List => list ?? Interlocked.CompareExchange(ref list, new ListType(this), null) ?? list;

    /// <summary>The non-null type of this type; a non-null type returns itself.</summary>
    public NonNullType NonNull => this as NonNullType
        ?? nonNull ?? Interlocked.CompareExchange(ref nonNull, new NonNullType(this), null) ?? nonNull;

    /// <summary>The type without its outermost <c>!</c>.</summary>
    public GraphQLType Nullable => this is NonNullType wrapped ? wrapped.Of : this;

    public bool IsNonNull => this is NonNullType;

    /// <summary>The named type inside all lists and non-nulls.</summary>
    public NamedType Named
    {
        get
        {
            var type = this;
            while (true)
            {
                switch (type)
                {
                    case NamedType named: return named;
                    case ListType l: type = l.Of; break;
                    case NonNullType n: type = n.Of; break;
                    default: throw new InvalidOperationException("A type is named, a list or non-null.");
                }
            }
        }
    }

    public bool IsInput => Named is ScalarType or EnumType or InputObjectType;

    public bool IsOutput => Named is not InputObjectType;
}

public sealed class ListType : GraphQLType
{
    internal ListType(GraphQLType of) => Of = of;

    public GraphQLType Of { get; }

    public override string ToString() => $"[{Of}]";
}

public sealed class NonNullType : GraphQLType
{
    internal NonNullType(GraphQLType of) => Of = of;

    public GraphQLType Of { get; }

    public override string ToString() => $"{Of}!";
}

/// <summary>A type with a name. <c>Definition</c> is null for the built-in types.</summary>
public abstract class NamedType(string name, string? description) : GraphQLType
{
    public string Name { get; } = name;

    public string? Description { get; } = description;

    /// <summary>True for scalars and enums, which have no selection.</summary>
    public bool IsLeaf => this is ScalarType or EnumType;

    /// <summary>True for objects, interfaces and unions, which need a selection.</summary>
    public bool IsComposite => this is ObjectType or InterfaceType or UnionType;

    public bool IsAbstract => this is InterfaceType or UnionType;

    /// <summary>
    /// For abstract types: returns the name of a value's object type when the CLR type does not tell.
    /// </summary>
    internal Func<object, string>? TypeResolver { get; set; }

    public override string ToString() => Name;
}

/// <summary>An object or interface: a type with fields.</summary>
public abstract class FieldsType(string name, string? description) : NamedType(name, description)
{
    /// <summary>In the order of the SDL.</summary>
    public IReadOnlyList<FieldDef> Fields { get; internal set; } = [];

    public IReadOnlyList<InterfaceType> Interfaces { get; internal set; } = [];

    private Dictionary<string, FieldDef>? byName;

    public FieldDef? Field(string name)
    {
        byName ??= Fields.ToDictionary(f => f.Name);
        return byName.GetValueOrDefault(name);
    }
}

public sealed class ObjectType(string name, string? description) : FieldsType(name, description)
{
    /// <summary>The CLR type of its values, once resolvers are bound.</summary>
    public Type? ClrType { get; internal set; }
}

public sealed class InterfaceType(string name, string? description) : FieldsType(name, description);

public sealed class UnionType(string name, string? description) : NamedType(name, description)
{
    public IReadOnlyList<ObjectType> Members { get; internal set; } = [];
}

public sealed class EnumType(string name, string? description) : NamedType(name, description)
{
    public IReadOnlyList<EnumValueDef> Values { get; internal set; } = [];

    /// <summary>The CLR enum bound to the type; null when values are names.</summary>
    public Type? ClrType { get; internal set; }

    private Dictionary<object, string>? names;

    /// <summary>The name of a resolver's value, which is a bound member or the name itself.</summary>
    /// <exception cref="CoercionException">The enum has no such value.</exception>
    public string NameOf(object value)
    {
        names ??= Values.ToDictionary(v => v.ClrValue, v => v.Name);
        if (names.TryGetValue(value, out var known))
            return known;
        return value is string text && Value(text) is not null
            ? text
            : throw new CoercionException($"Enum {Name} has no value {value}.");
    }

    private Dictionary<string, EnumValueDef>? byName;

    /// <summary>The value of this name, case-sensitive; null when there is none.</summary>
    public EnumValueDef? Value(string name)
    {
        byName ??= Values.ToDictionary(v => v.Name);
        return byName.GetValueOrDefault(name);
    }
}

public sealed class InputObjectType(string name, string? description, bool isOneOf) : NamedType(name, description)
{
    public IReadOnlyList<InputDef> Fields { get; internal set; } = [];

    /// <summary>Exactly one field must be given, and not null.</summary>
    public bool IsOneOf { get; } = isOneOf;

    private Dictionary<string, InputDef>? byName;

    public InputDef? Field(string name)
    {
        byName ??= Fields.ToDictionary(f => f.Name);
        return byName.GetValueOrDefault(name);
    }
}

/// <summary>A field of an object or interface.</summary>
public sealed class FieldDef(
    string name, string? description, IReadOnlyList<InputDef> arguments, GraphQLType type, string? deprecationReason)
{
    public string Name { get; } = name;

    public string? Description { get; } = description;

    public IReadOnlyList<InputDef> Arguments { get; } = arguments;

    public GraphQLType Type { get; } = type;

    public string? DeprecationReason { get; } = deprecationReason;

    /// <summary>
    /// The source of the field's value; null until resolvers are bound, and for fields of interfaces.
    /// </summary>
    internal FieldBinding? Binding { get; set; }

    public InputDef? Argument(string argument)
    {
        foreach (var candidate in Arguments)
            if (candidate.Name == argument) return candidate;
        return null;
    }
}

/// <summary>An argument, or a field of an input object.</summary>
public sealed class InputDef(
    string name, string? description, GraphQLType type, ValueNode? defaultValue, string? deprecationReason)
{
    public string Name { get; } = name;

    public string? Description { get; } = description;

    public GraphQLType Type { get; } = type;

    /// <summary>
    /// The default as written in the SDL; null when there is none. A written <c>null</c> is a <see cref="NullValue"/>.
    /// </summary>
    public ValueNode? DefaultValue { get; } = defaultValue;

    public string? DeprecationReason { get; } = deprecationReason;

    /// <summary>True when the type is non-null and has no default, so that a value must be given.</summary>
    public bool IsRequired => Type.IsNonNull && DefaultValue is null;
}

public sealed class EnumValueDef(string name, string? description, string? deprecationReason)
{
    public string Name { get; } = name;

    /// <summary>The value for resolvers: the name, or the member of the bound CLR enum.</summary>
    public object ClrValue { get; internal set; } = name;

    public string? Description { get; } = description;

    public string? DeprecationReason { get; } = deprecationReason;
}

public sealed class DirectiveDef(
    string name,
    string? description,
    IReadOnlyList<InputDef> arguments,
    bool isRepeatable,
    IReadOnlyList<string> locations)
{
    public string Name { get; } = name;

    public string? Description { get; } = description;

    public IReadOnlyList<InputDef> Arguments { get; } = arguments;

    public bool IsRepeatable { get; } = isRepeatable;

    public IReadOnlyList<string> Locations { get; } = locations;

    public InputDef? Argument(string argument) => Arguments.FirstOrDefault(a => a.Name == argument);
}
