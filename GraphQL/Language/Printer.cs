using System.Globalization;
using System.Text;

namespace Tributary.GraphQL.Language;

/// <summary>
/// Writes executable syntax trees as GraphQL text, indented by two spaces. Parsing the text gives the same tree.
/// </summary>
public static class Printer
{
    public static string Print(Document document) =>
        string.Join(
            "\n\n",
            document.Definitions.Select(d =>
                d is TypeSystemDefinition t ? TypeSystemPrinter.Print(t) : PrintExecutable(d)));

    public static string Print(ValueNode value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    public static string Print(TypeNode type) => type switch
    {
        NamedTypeNode named => named.Name,
        ListTypeNode list => $"[{Print(list.Of)}]",
        NonNullTypeNode nonNull => Print(nonNull.Of) + "!",
        _ => throw new InvalidOperationException($"{type.GetType().Name} is no type reference."),
    };

    internal static string Description(string? description, string indent) => description is null
        ? ""
        : indent + (BlockString.Print(description, indent) ?? Quote(description)) + "\n";

    internal static string Directives(IReadOnlyList<Directive> directives) =>
        string.Concat(directives.Select(d => $" @{d.Name}{Arguments(d.Arguments)}"));

    private static string Arguments(IReadOnlyList<Argument> arguments) => arguments.Count == 0
        ? ""
        : "(" + string.Join(", ", arguments.Select(a => $"{a.Name}: {Print(a.Value)}")) + ")";

    private static string PrintExecutable(Definition definition)
    {
        var text = new StringBuilder(Description(definition.Description, ""));
        switch (definition)
        {
            case OperationDefinition
            {
                Operation: OperationType.Query,
                Name: null,
                Description: null,
                Variables.Count: 0,
                Directives.Count: 0
            } shorthand:
                Append(text, shorthand.SelectionSet, "");
                break;
            case OperationDefinition operation:
                text.Append(
                    operation.Operation switch
                    {
                        OperationType.Query => "query",
                        OperationType.Mutation => "mutation",
                        _ => "subscription",
                    });
                if (operation.Name is not null || operation.Variables.Count > 0)
                    text.Append(' ').Append(operation.Name);
                if (operation.Variables.Count > 0)
                    text.Append('(').AppendJoin(", ", operation.Variables.Select(Variable)).Append(')');
                text.Append(Directives(operation.Directives)).Append(' ');
                Append(text, operation.SelectionSet, "");
                break;
            case FragmentDefinition fragment:
                text.Append("fragment ").Append(fragment.Name).Append(" on ").Append(fragment.TypeCondition.Name)
                    .Append(Directives(fragment.Directives)).Append(' ');
                Append(text, fragment.SelectionSet, "");
                break;
        }
        return text.ToString();
    }

    private static string Variable(VariableDefinition variable) =>
        (variable.Description is null ? "" : Quote(variable.Description) + " ")
        + $"${variable.Name}: {Print(variable.Type)}"
        + (variable.DefaultValue is null ? "" : $" = {Print(variable.DefaultValue)}")
        + Directives(variable.Directives);

    private static void Append(StringBuilder text, SelectionSet set, string indent)
    {
        text.Append("{\n");
        var inner = indent + "  ";
        foreach (var selection in set.Selections)
        {
            text.Append(inner);
            switch (selection)
            {
                case Field field:
                    if (field.Alias is not null) text.Append(field.Alias).Append(": ");
                    text.Append(field.Name).Append(Arguments(field.Arguments)).Append(Directives(field.Directives));
                    if (field.SelectionSet is not null) Append(text.Append(' '), field.SelectionSet, inner);
                    break;
                case FragmentSpread spread:
                    text.Append("...").Append(spread.Name).Append(Directives(spread.Directives));
                    break;
                case InlineFragment inline:
                    text.Append("...").Append(inline.TypeCondition is null ? "" : " on " + inline.TypeCondition.Name)
                        .Append(Directives(inline.Directives)).Append(' ');
                    Append(text, inline.SelectionSet, inner);
                    break;
            }
            text.Append('\n');
        }
        text.Append(indent).Append('}');
    }

    private static void Append(StringBuilder text, ValueNode value)
    {
        switch (value)
        {
            case VariableValue v: text.Append('$').Append(v.Name); break;
            case IntValue v: text.Append(v.Value); break;
            case FloatValue v: text.Append(v.Value); break;
            case StringValue { Block: true } v: text.Append(BlockString.Print(v.Value, "") ?? Quote(v.Value)); break;
            case StringValue v: text.Append(Quote(v.Value)); break;
            case BooleanValue v: text.Append(v.Value ? "true" : "false"); break;
            case NullValue: text.Append("null"); break;
            case EnumValue v: text.Append(v.Value); break;
            case ListValue v:
                text.Append('[');
                for (var i = 0; i < v.Values.Count; i++) Append(i == 0 ? text : text.Append(", "), v.Values[i]);
                text.Append(']');
                break;
            case ObjectValue { Fields.Count: 0 }:
                text.Append("{}");
                break;
            case ObjectValue v:
                text.Append("{ ");
                for (var i = 0; i < v.Fields.Count; i++)
                    Append(
                        (i == 0 ? text : text.Append(", ")).Append(v.Fields[i].Name).Append(": "), v.Fields[i].Value);
                text.Append(" }");
                break;
        }
    }

    /// <summary>A string literal in double quotes.</summary>
    internal static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                default:
                    if (c < ' ' || c is >= '\x7f' and < '\xa0')
                        text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                    else
                        text.Append(c);
                    break;
            }
        }
        return text.Append('"').ToString();
    }
}
