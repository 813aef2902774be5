namespace Tributary.GraphQL.Types;

/// <summary>The "Type Validation" parts of section 3 of the specification.</summary>
internal static class SchemaValidator
{
    public static void Validate(Schema schema, List<string> problems)
    {
        foreach (var directive in schema.Directives.Values)
        {
            Name(directive.Name, "@" + directive.Name, problems);
            foreach (var argument in directive.Arguments)
                Input(argument, $"@{directive.Name}({argument.Name}:)", problems);
        }
        foreach (var type in schema.Types.Values.Where(t => !IsIntrospection(t)))
        {
            Name(type.Name, type.Name, problems);
            switch (type)
            {
                case FieldsType fields:
                    Fields(fields, problems);
                    InterfaceRules.Check(schema, fields, problems);
                    break;
                case UnionType union: Members(union, problems); break;
                case EnumType { Values.Count: 0 }: problems.Add($"Enum {type.Name} has no values."); break;
                case EnumType values:
                    foreach (var value in values.Values) Name(value.Name, $"{type.Name}.{value.Name}", problems);
                    break;
                case InputObjectType input: InputFields(input, problems); break;
            }
        }
        InputCycles(schema, problems);
    }

    private static bool IsIntrospection(NamedType type) => IntrospectionNames.Contains(type.Name);

    private static readonly HashSet<string> IntrospectionNames =
    [
        "__Schema",
        "__Type",
        "__TypeKind",
        "__Field",
        "__InputValue",
        "__EnumValue",
        "__Directive",
        "__DirectiveLocation",
    ];

    private static void Name(string name, string what, List<string> problems)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
            problems.Add($"The name of {what} begins with \"__\", which is reserved for introspection.");
    }

    private static void Fields(FieldsType type, List<string> problems)
    {
        if (type.Fields.Count == 0) problems.Add($"Type {type.Name} has no fields.");
        foreach (var field in type.Fields)
        {
            Name(field.Name, $"{type.Name}.{field.Name}", problems);
            if (!field.Type.IsOutput)
                problems.Add($"The type of {type.Name}.{field.Name} is {field.Type}, which is no output type.");
            foreach (var argument in field.Arguments)
                Input(argument, $"{type.Name}.{field.Name}({argument.Name}:)", problems);
        }
    }

    private static void Input(InputDef input, string what, List<string> problems)
    {
        Name(input.Name, what, problems);
        if (!input.Type.IsInput)
            problems.Add($"The type of {what} is {input.Type}, which is no input type.");
        if (input is { IsRequired: true, DeprecationReason: not null })
            problems.Add($"{what} is required and cannot be deprecated.");
        if (input.DefaultValue is not null && input.Type.IsInput)
            LiteralValidator.Validate(input.Type, input.DefaultValue, (_, message) =>
                problems.Add($"The default of {what}: {message}"));
    }

    private static void Members(UnionType union, List<string> problems)
    {
        if (union.Members.Count == 0) problems.Add($"Union {union.Name} has no members.");
        foreach (var twice in union.Members.GroupBy(m => m.Name).Where(g => g.Count() > 1))
            problems.Add($"Union {union.Name} names {twice.Key} more than once.");
    }

    private static void InputFields(InputObjectType type, List<string> problems)
    {
        if (type.Fields.Count == 0) problems.Add($"Input object {type.Name} has no fields.");
        foreach (var field in type.Fields)
        {
            Input(field, $"{type.Name}.{field.Name}", problems);
            if (!type.IsOneOf)
                continue;
            if (field.Type.IsNonNull)
                problems.Add(
                    $"{type.Name}.{field.Name} must be nullable, because {type.Name} is a @oneOf input object.");
            if (field.DefaultValue is not null)
                problems.Add(
                    $"{type.Name}.{field.Name} cannot have a default, because {type.Name} is a @oneOf input object.");
        }
    }

    /// <summary>An input object that needs itself through non-null fields could never be given.</summary>
    private static void InputCycles(Schema schema, List<string> problems)
    {
        var done = new HashSet<InputObjectType>(ReferenceEqualityComparer.Instance);
        foreach (var type in schema.Types.Values.OfType<InputObjectType>()) Visit(type, [], done, problems);
    }

    private static void Visit(
        InputObjectType type, List<InputObjectType> path, HashSet<InputObjectType> done, List<string> problems)
    {
        if (path.Contains(type))
        {
            problems.Add(
                $"Input object {type.Name} needs itself through non-null fields: "
                + $"{string.Join(" → ", path.Select(t => t.Name))} → {type.Name}.");
            return;
        }
        if (!done.Add(type)) return;
        path.Add(type);
        foreach (var field in type.Fields)
            if (field.Type is NonNullType { Of: InputObjectType inner }) Visit(inner, path, done, problems);
        path.RemoveAt(path.Count - 1);
    }
}
