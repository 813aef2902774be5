using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>The definitions of an SDL text, with extensions merged into the definitions that they extend.</summary>
internal sealed class SdlDocument
{
    public Dictionary<string, TypeDefinition> Types { get; } = [];

    public Dictionary<string, DirectiveDefinition> Directives { get; } = [];

    public SchemaDefinition? Schema { get; private set; }

    /// <summary>
    /// Merges the user's definitions and the built-in ones. Adds problems to <paramref name="problems"/>.
    /// </summary>
    public static SdlDocument From(Document document, Document builtIn, List<string> problems)
    {
        var result = new SdlDocument();
        foreach (var definition in builtIn
                .Definitions.Concat(document.Definitions)
                .OfType<TypeSystemDefinition>()
                .Where(d => !d.IsExtension))
            result.Add(definition, problems);
        foreach (var extension in document.Definitions.OfType<TypeSystemDefinition>().Where(d => d.IsExtension))
            result.Extend(extension, problems);
        foreach (var executable in document.Definitions.Where(d => d is not TypeSystemDefinition))
            problems.Add(
                "A schema holds type definitions only, found a "
                + $"{(executable is OperationDefinition ? "query" : "fragment")}.");
        return result;
    }

    private void Add(TypeSystemDefinition definition, List<string> problems)
    {
        switch (definition)
        {
            case SchemaDefinition schema:
                if (Schema is not null) problems.Add("There is more than one schema definition.");
                Schema = schema;
                break;
            case DirectiveDefinition directive:
                // A schema may repeat the definition of a built-in directive.
                var replaces = BuiltInSdl.DirectiveNames.Contains(directive.Name);
                if (!Directives.TryAdd(directive.Name, directive) && !replaces)
                    problems.Add($"There is more than one directive @{directive.Name}.");
                break;
            case TypeDefinition type:
                if (BuiltInScalars.Names.Contains(type.Name) && type is ScalarTypeDefinition) break;
                if (!Types.TryAdd(type.Name, type)) problems.Add($"There is more than one type {type.Name}.");
                break;
        }
    }

    private void Extend(TypeSystemDefinition extension, List<string> problems)
    {
        if (extension is SchemaDefinition schema)
        {
            Schema = Schema is null
                ? schema with
                {
                    IsExtension = false,
                }
                : Schema with
                {
                    Directives = [.. Schema.Directives, .. schema.Directives],
                    Operations = [.. Schema.Operations, .. schema.Operations],
                };
            return;
        }
        var name = ((TypeDefinition)extension).Name;
        if (!Types.TryGetValue(name, out var type))
        {
            problems.Add($"Type {name} is extended but not defined.");
            return;
        }
        TypeDefinition? merged = (type, extension) switch
        {
            (ScalarTypeDefinition a, ScalarTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
            },
            (ObjectTypeDefinition a, ObjectTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
                Interfaces = [.. a.Interfaces, .. b.Interfaces],
                Fields = [.. a.Fields, .. b.Fields],
            },
            (InterfaceTypeDefinition a, InterfaceTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
                Interfaces = [.. a.Interfaces, .. b.Interfaces],
                Fields = [.. a.Fields, .. b.Fields],
            },
            (UnionTypeDefinition a, UnionTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
                Members = [.. a.Members, .. b.Members],
            },
            (EnumTypeDefinition a, EnumTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
                Values = [.. a.Values, .. b.Values],
            },
            (InputObjectTypeDefinition a, InputObjectTypeDefinition b) => a with
            {
                Directives = [.. a.Directives, .. b.Directives],
                Fields = [.. a.Fields, .. b.Fields],
            },
            _ => null,
        };
        if (merged is null) problems.Add($"Type {name} is extended as another kind of type than it is defined.");
        else Types[name] = merged;
    }
}
