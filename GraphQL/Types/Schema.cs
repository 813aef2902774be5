using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// A schema: types by name, roots, directives. Built by <see cref="SchemaBuilder"/>; unchanged once it serves.
/// </summary>
public sealed class Schema
{
    private readonly Dictionary<NamedType, HashSet<ObjectType>> possible = new(ReferenceEqualityComparer.Instance);

    internal Schema(
        string? description,
        IReadOnlyDictionary<string, NamedType> types,
        IReadOnlyDictionary<string, DirectiveDef> directives,
        ObjectType query,
        ObjectType? mutation,
        ObjectType? subscription)
    {
        Description = description;
        Types = types;
        Directives = directives;
        Query = query;
        Mutation = mutation;
        Subscription = subscription;
        foreach (var type in types.Values)
        {
            if (type is UnionType union) possible[union] = [.. union.Members];
            if (type is not FieldsType fields) continue;
            foreach (var contract in fields.Interfaces)
            {
                if (fields is ObjectType o) Members(contract).Add(o);
            }
        }
    }

    public string? Description { get; }

    /// <summary>All named types, including those of introspection.</summary>
    public IReadOnlyDictionary<string, NamedType> Types { get; }

    public IReadOnlyDictionary<string, DirectiveDef> Directives { get; }

    public ObjectType Query { get; }

    public ObjectType? Mutation { get; }

    public ObjectType? Subscription { get; }

    public ObjectType? Root(OperationType operation) => operation switch
    {
        OperationType.Query => Query,
        OperationType.Mutation => Mutation,
        _ => Subscription,
    };

    public NamedType? Type(string name) => Types.GetValueOrDefault(name);

    /// <summary>The type of a reference in a document; null when its name is unknown.</summary>
    public GraphQLType? Type(TypeNode reference) => reference switch
    {
        NamedTypeNode named => Type(named.Name),
        ListTypeNode list => Type(list.Of)?.List,
        NonNullTypeNode nonNull => Type(nonNull.Of)?.NonNull,
        _ => null,
    };

    /// <summary>
    /// The object types that a value of this type can have: the type itself, the members of a
    /// union, the implementers of an interface.
    /// </summary>
    public IReadOnlyCollection<ObjectType> PossibleTypes(NamedType type) => type switch
    {
        ObjectType o => [o],
        _ => possible.TryGetValue(type, out var types) ? types : [],
    };

    /// <summary>
    /// True when every <paramref name="candidate"/> is also a <paramref name="type"/>, which is abstract.
    /// </summary>
    public bool IsPossible(NamedType type, NamedType candidate) =>
        (candidate is ObjectType o && possible.TryGetValue(type, out var types) && types.Contains(o))
        || (candidate is InterfaceType i && type is InterfaceType contract && i.Interfaces.Contains(contract));

    /// <summary>IsSubType of the specification, also for lists and non-nulls.</summary>
    public bool IsSubType(GraphQLType type, GraphQLType of)
    {
        while (true)
        {
            if (ReferenceEquals(type, of)) return true;
            if (of is NonNullType required)
            {
                if (type is not NonNullType given) return false;
                (type, of) = (given.Of, required.Of);
            }
            else if (type is NonNullType nonNull)
            {
                type = nonNull.Of;
            }
            else if (of is ListType list)
            {
                if (type is not ListType items) return false;
                (type, of) = (items.Of, list.Of);
            }
            else
            {
                return type is NamedType named
                    && of is NamedType { IsAbstract: true } contract
                    && IsPossible(contract, named);
            }
        }
    }

    /// <summary>True when some object type belongs to both.</summary>
    public bool Overlap(NamedType a, NamedType b)
    {
        if (ReferenceEquals(a, b)) return true;
        var others = PossibleTypes(b);
        return PossibleTypes(a).Any(others.Contains);
    }

    /// <summary>
    /// The field of a composite type: also <c>__typename</c> on every type, and <c>__schema</c>
    /// and <c>__type</c> on the query root.
    /// </summary>
    public FieldDef? Field(NamedType parent, string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            if (name == "__typename" && parent.IsComposite) return typeNameField;
            if (ReferenceEquals(parent, Query))
            {
                if (name == "__schema") return schemaField;
                if (name == "__type") return typeField;
            }
        }
        return (parent as FieldsType)?.Field(name);
    }

    private FieldDef? typeNameField;
    private FieldDef? schemaField;
    private FieldDef? typeField;

    /// <summary>Adds the entry fields of introspection, which no type of the SDL contains.</summary>
    internal void SetMetaFields()
    {
        typeNameField = new FieldDef("__typename", "The name of the object's type.", [], Types["String"].NonNull, null);
        schemaField = new FieldDef("__schema", "The schema itself.", [], Types["__Schema"].NonNull, null)
        {
            Binding = new FieldBinding(typeof(Schema), "introspection")
            {
                Resolver = _ => new ValueTask<object?>(this),
            },
        };
        typeField = new FieldDef(
            "__type",
            "One type of the schema.",
            [new InputDef("name", null, Types["String"].NonNull, null, null)],
            Types["__Type"],
            null)
        {
            Binding = new FieldBinding(typeof(NamedType), "introspection")
            {
                Resolver = context => new ValueTask<object?>(Type(context.Arguments.Get<string>("name")!)),
            },
        };
    }

    private HashSet<ObjectType> Members(InterfaceType contract)
    {
        if (!possible.TryGetValue(contract, out var members)) possible[contract] = members = [];
        return members;
    }
}
