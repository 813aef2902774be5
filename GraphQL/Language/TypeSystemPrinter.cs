namespace Tributary.GraphQL.Language;

/// <summary>Writes definitions of the type system as SDL.</summary>
internal static class TypeSystemPrinter
{
    public static string Print(TypeSystemDefinition definition)
    {
        var head = Printer.Description(definition.Description, "") + (definition.IsExtension ? "extend " : "");
        var directives = Printer.Directives(definition.Directives);
        return head
            + definition switch
            {
                SchemaDefinition d => $"schema{directives}"
                    + Block(d.Operations.Select(o => $"  {Word(o.Operation)}: {o.Type.Name}")),
                ScalarTypeDefinition d => $"scalar {d.Name}{directives}",
                ObjectTypeDefinition d => $"type {d.Name}{Implements(d.Interfaces)}{directives}"
                    + Block(d.Fields.Select(Field)),
                InterfaceTypeDefinition d => $"interface {d.Name}{Implements(d.Interfaces)}{directives}"
                    + Block(d.Fields.Select(Field)),
                UnionTypeDefinition d => $"union {d.Name}{directives}"
                    + (d.Members.Count == 0 ? "" : " = " + string.Join(" | ", d.Members.Select(m => m.Name))),
                EnumTypeDefinition d => $"enum {d.Name}{directives}"
                    + Block(
                        d.Values.Select(v =>
                            Printer.Description(v.Description, "  ") + $"  {v.Name}{Printer.Directives(v.Directives)}")
                    ),
                InputObjectTypeDefinition d => $"input {d.Name}{directives}"
                    + Block(d.Fields.Select(f => Printer.Description(f.Description, "  ") + "  " + Input(f))),
                DirectiveDefinition d =>
                    $"directive @{d.Name}{Arguments(d.Arguments, "")}{(d.Repeatable ? " repeatable" : "")} on "
                        + string.Join(" | ", d.Locations),
                _ => throw new InvalidOperationException(
                    $"{definition.GetType().Name} is no definition of the type system."),
            };
    }

    private static string Word(OperationType type) => type switch
    {
        OperationType.Query => "query",
        OperationType.Mutation => "mutation",
        _ => "subscription",
    };

    private static string Implements(IReadOnlyList<NamedTypeNode> interfaces) =>
        interfaces.Count == 0 ? "" : " implements " + string.Join(" & ", interfaces.Select(i => i.Name));

    private static string Block(IEnumerable<string> lines)
    {
        var body = string.Join("\n", lines);
        return body.Length == 0 ? "" : $" {{\n{body}\n}}";
    }

    private static string Field(FieldDefinition field) =>
        Printer.Description(field.Description, "  ")
        + $"  {field.Name}{Arguments(field.Arguments, "  ")}: "
            + $"{Printer.Print(field.Type)}{Printer.Directives(field.Directives)}";

    private static string Input(InputValueDefinition input) =>
        $"{input.Name}: {Printer.Print(input.Type)}"
        + (input.DefaultValue is null ? "" : $" = {Printer.Print(input.DefaultValue)}")
        + Printer.Directives(input.Directives);

    private static string Arguments(IReadOnlyList<InputValueDefinition> arguments, string indent)
    {
        if (arguments.Count == 0) return "";
        if (arguments.All(a => a.Description is null)) return "(" + string.Join(", ", arguments.Select(Input)) + ")";
        var inner = indent + "  ";
        return "(\n"
            + string.Join("\n", arguments.Select(a => Printer.Description(a.Description, inner) + inner + Input(a)))
            + $"\n{indent})";
    }
}
