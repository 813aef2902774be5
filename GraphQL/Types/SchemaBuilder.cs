using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>Builds a <see cref="Schema"/> from SDL (spec section 3).</summary>
public sealed class SchemaBuilder
{
    private static readonly Document BuiltIn = Parser.Parse(BuiltInSdl.Text);

    private readonly List<string> problems = [];
    private readonly Dictionary<string, NamedType> types = [];
    private readonly SdlDocument sdl;

    private SchemaBuilder(Document document) => sdl = SdlDocument.From(document, BuiltIn, problems);

    /// <summary>Parses, builds and validates a schema.</summary>
    /// <exception cref="SchemaException">Lists every error of the schema.</exception>
    /// <exception cref="GraphQLSyntaxException">The text is not GraphQL.</exception>
    public static Schema Build(string text) => new SchemaBuilder(Parser.Parse(text)).Build();

    private Schema Build()
    {
        SdlRules.Check(sdl, problems);
        ThrowIfAny();
        // Built-in scalars come first, then the types in the order of the text: introspection lists them in this order.
        foreach (var scalar in BuiltInScalars.Create()) types[scalar.Name] = scalar;
        foreach (var definition in sdl.Types.Values) types[definition.Name] = Shell(definition);
        foreach (var definition in sdl.Types.Values) Fill(definition);
        var directives = sdl.Directives.Values.ToDictionary(
            d => d.Name, d => new DirectiveDef(d.Name, d.Description, Inputs(d.Arguments), d.Repeatable, d.Locations));
        ThrowIfAny();
        var query = Root(OperationType.Query, "Query");
        var mutation = Root(OperationType.Mutation, "Mutation");
        var subscription = Root(OperationType.Subscription, "Subscription");
        if (query is null) problems.Add("The schema has no query root type.");
        ThrowIfAny();
        var schema = new Schema(sdl.Schema?.Description, types, directives, query!, mutation, subscription);
        schema.SetMetaFields();
        SchemaValidator.Validate(schema, problems);
        ThrowIfAny();
        return schema;
    }

    private void ThrowIfAny()
    {
        if (problems.Count > 0) throw new SchemaException(problems);
    }

    private ObjectType? Root(OperationType operation, string defaultName)
    {
        string? name = defaultName;
        if (sdl.Schema is { } schema)
        {
            var roots = schema.Operations.Where(o => o.Operation == operation).ToList();
            if (roots.Count > 1)
                problems.Add($"The schema has more than one {operation.ToString().ToLowerInvariant()} root type.");
            name = roots.Count > 0 ? roots[0].Type.Name : null;
            if (name is not null && !types.ContainsKey(name)) problems.Add($"The root type {name} is not defined.");
        }
        if (name is null || !types.TryGetValue(name, out var type)) return null;
        if (type is ObjectType root) return root;
        problems.Add($"The root type {name} must be an object type.");
        return null;
    }

    private static NamedType Shell(TypeDefinition definition) =>
        definition switch
        {
            ScalarTypeDefinition d => new ScalarType(d.Name, d.Description, Text(d.Directives, "specifiedBy", "url")),
            ObjectTypeDefinition d => new ObjectType(d.Name, d.Description),
            InterfaceTypeDefinition d => new InterfaceType(d.Name, d.Description),
            UnionTypeDefinition d => new UnionType(d.Name, d.Description),
            EnumTypeDefinition d => new EnumType(d.Name, d.Description),
            InputObjectTypeDefinition d => new InputObjectType(
                d.Name, d.Description, d.Directives.Any(x => x.Name == "oneOf")),
            _ => throw new InvalidOperationException($"{definition.GetType().Name} defines no type."),
        };

    private void Fill(TypeDefinition definition)
    {
        switch (definition)
        {
            case ObjectTypeDefinition d:
                Fill((FieldsType)types[d.Name], d.Interfaces, d.Fields);
                break;
            case InterfaceTypeDefinition d:
                Fill((FieldsType)types[d.Name], d.Interfaces, d.Fields);
                break;
            case UnionTypeDefinition d:
                ((UnionType)types[d.Name]).Members = [.. References<ObjectType>(d.Members, d.Name, "an object type")];
                break;
            case EnumTypeDefinition d:
                ((EnumType)types[d.Name]).Values =
                [
                    .. d.Values.Select(v => new EnumValueDef(v.Name, v.Description, Deprecation(v.Directives))),
                ];
                break;
            case InputObjectTypeDefinition d:
                ((InputObjectType)types[d.Name]).Fields = Inputs(d.Fields);
                break;
        }
    }

    private void Fill(FieldsType type, IReadOnlyList<NamedTypeNode> interfaces, IReadOnlyList<FieldDefinition> fields)
    {
        type.Interfaces = [.. References<InterfaceType>(interfaces, type.Name, "an interface")];
        type.Fields =
        [
            .. fields.Select(f => new FieldDef(
                f.Name, f.Description, Inputs(f.Arguments), Reference(f.Type), Deprecation(f.Directives))),
        ];
    }

    private IEnumerable<T> References<T>(IReadOnlyList<NamedTypeNode> names, string owner, string what)
        where T : NamedType
    {
        foreach (var name in names)
        {
            if (types.GetValueOrDefault(name.Name) is T type) yield return type;
            else problems.Add($"Type {owner} names {name.Name}, which is not {what} of this schema.");
        }
    }

    private List<InputDef> Inputs(IReadOnlyList<InputValueDefinition> inputs) =>
        [
            .. inputs.Select(i => new InputDef(
                i.Name, i.Description, Reference(i.Type), i.DefaultValue, Deprecation(i.Directives))),
        ];

    private GraphQLType Reference(TypeNode node)
    {
        switch (node)
        {
            case ListTypeNode list: return Reference(list.Of).List;
            case NonNullTypeNode nonNull: return Reference(nonNull.Of).NonNull;
        }
        var name = ((NamedTypeNode)node).Name;
        if (types.TryGetValue(name, out var type)) return type;
        problems.Add($"Type {name} is used but not defined.");
        return types["String"];
    }

    private static string? Deprecation(IReadOnlyList<Directive> directives) =>
        directives.All(d => d.Name != "deprecated")
            ? null
            : Text(directives, "deprecated", "reason") ?? BuiltInSdl.DefaultDeprecationReason;

    private static string? Text(IReadOnlyList<Directive> directives, string name, string argument) =>
        (
            directives.FirstOrDefault(d => d.Name == name)?.Arguments.FirstOrDefault(a => a.Name == argument)?.Value
            as StringValue
        )?.Value;
}
