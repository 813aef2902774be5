using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// The rules that an SDL text must fulfil before types are built: unique names, and directives that exist, fit their
/// place and have their arguments.
/// </summary>
internal static class SdlRules
{
    public static void Check(SdlDocument sdl, List<string> problems)
    {
        if (sdl.Schema is { } schema)
            Directives(sdl, schema.Directives, DirectiveLocations.Schema, "the schema", problems);
        foreach (var directive in sdl.Directives.Values)
            Inputs(sdl, directive.Arguments, DirectiveLocations.ArgumentDefinition, "@" + directive.Name, problems);
        foreach (var type in sdl.Types.Values)
        {
            Directives(sdl, type.Directives, Location(type), type.Name, problems);
            switch (type)
            {
                case ObjectTypeDefinition d:
                    Fields(sdl, d.Fields, d.Name, problems);
                    break;
                case InterfaceTypeDefinition d:
                    Fields(sdl, d.Fields, d.Name, problems);
                    break;
                case InputObjectTypeDefinition d:
                    Inputs(sdl, d.Fields, DirectiveLocations.InputFieldDefinition, d.Name, problems);
                    break;
                case EnumTypeDefinition d:
                    Unique(d.Values.Select(v => v.Name), $"enum {d.Name} has the value", problems);
                    foreach (var value in d.Values)
                        Directives(
                            sdl, value.Directives, DirectiveLocations.EnumValue, $"{d.Name}.{value.Name}", problems);
                    break;
            }
        }
    }

    private static string Location(TypeDefinition type) => type switch
    {
        ScalarTypeDefinition => DirectiveLocations.Scalar,
        ObjectTypeDefinition => DirectiveLocations.Object,
        InterfaceTypeDefinition => DirectiveLocations.Interface,
        UnionTypeDefinition => DirectiveLocations.Union,
        EnumTypeDefinition => DirectiveLocations.Enum,
        _ => DirectiveLocations.InputObject,
    };

    private static void Fields(
        SdlDocument sdl, IReadOnlyList<FieldDefinition> fields, string owner, List<string> problems)
    {
        Unique(fields.Select(f => f.Name), $"type {owner} has the field", problems);
        foreach (var field in fields)
        {
            Directives(sdl, field.Directives, DirectiveLocations.FieldDefinition, $"{owner}.{field.Name}", problems);
            Inputs(sdl, field.Arguments, DirectiveLocations.ArgumentDefinition, $"{owner}.{field.Name}", problems);
        }
    }

    private static void Inputs(
        SdlDocument sdl, IReadOnlyList<InputValueDefinition> inputs, string location, string owner,
        List<string> problems)
    {
        Unique(inputs.Select(i => i.Name), $"{owner} has the argument or field", problems);
        foreach (var input in inputs) Directives(sdl, input.Directives, location, $"{owner}({input.Name}:)", problems);
    }

    private static void Directives(
        SdlDocument sdl, IReadOnlyList<Directive> directives, string location, string owner, List<string> problems)
    {
        foreach (var group in directives.GroupBy(d => d.Name))
        {
            if (!sdl.Directives.TryGetValue(group.Key, out var definition))
            {
                problems.Add($"Directive @{group.Key} on {owner} is not defined.");
                continue;
            }
            if (!definition.Locations.Contains(location))
                problems.Add($"Directive @{group.Key} is not allowed on {owner}: {location} is none of its locations.");
            if (!definition.Repeatable && group.Count() > 1)
                problems.Add($"Directive @{group.Key} may stand only once on {owner}.");
            foreach (var directive in group)
                Arguments(directive, definition, owner, problems);
        }
    }

    private static void Arguments(
        Directive directive, DirectiveDefinition definition, string owner, List<string> problems)
    {
        Unique(directive.Arguments.Select(a => a.Name), $"@{directive.Name} on {owner} has the argument", problems);
        foreach (var argument in directive.Arguments.Where(a => definition.Arguments.All(d => d.Name != a.Name)))
            problems.Add($"Directive @{directive.Name} on {owner} has no argument {argument.Name}.");
        foreach (var required in definition.Arguments.Where(d => d is { Type: NonNullTypeNode, DefaultValue: null }))
        {
            if (directive.Arguments.All(a => a.Name != required.Name))
                problems.Add($"Directive @{directive.Name} on {owner} needs the argument {required.Name}.");
        }
    }

    private static void Unique(IEnumerable<string> names, string what, List<string> problems)
    {
        foreach (var name in names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))
            problems.Add($"{char.ToUpperInvariant(what[0])}{what[1..]} {name} more than once.");
    }
}
