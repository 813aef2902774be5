using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// Checks that literals have the right type (spec section 5.6.1), and leaves variables to other rules. A single value
/// counts as a list of any nesting; a list literal needs a list type.
/// </summary>
internal static class LiteralValidator
{
    public static void Validate(GraphQLType type, ValueNode value, Action<Node, string> report)
    {
        switch (value)
        {
            case VariableValue:
                return;
            case NullValue when type.IsNonNull:
                report(value, $"a value of type {type} is expected, found null.");
                return;
            case NullValue:
                return;
            case ListValue list when type.Nullable is ListType listType:
                foreach (var item in list.Values) Validate(listType.Of, item, report);
                return;
        }
        switch (type.Named)
        {
            case InputObjectType input when value is ObjectValue literal: InputObject(input, literal, report); break;
            case ScalarType scalar: Scalar(type, scalar, value, report); break;
            case EnumType values: Enum(type, values, value, report); break;
            default: report(value, $"a value of type {type} is expected, found {Printer.Print(value)}."); break;
        }
    }

    private static void InputObject(InputObjectType type, ObjectValue literal, Action<Node, string> report)
    {
        var given = new Dictionary<string, ObjectField>();
        foreach (var field in literal.Fields)
        {
            given[field.Name] = field;
            if (type.Field(field.Name) is { } known) Validate(known.Type, field.Value, report);
            else report(field,
                $"field \"{field.Name}\" is not defined by type "
                + $"{type.Name}.{Suggestions.For(field.Name, type.Fields.Select(f => f.Name))}");
        }
        foreach (var required in type.Fields)
        {
            if (required.IsRequired && !given.ContainsKey(required.Name))
                report(
                    literal,
                    $"field \"{type.Name}.{required.Name}\" of required type {required.Type} was not provided.");
        }
        if (!type.IsOneOf)
            return;
        if (given.Count != 1)
            report(literal, $"@oneOf input object {type.Name} takes exactly one field.");
        else if (given.Values.First() is { Value: NullValue } field)
            report(literal, $"field \"{type.Name}.{field.Name}\" must not be null.");
    }

    private static void Scalar(GraphQLType type, ScalarType scalar, ValueNode value, Action<Node, string> report)
    {
        if (scalar.Codec is UntypedCodec) return;
        try
        {
            scalar.Codec.ParseLiteral(value);
        }
        catch (CoercionException problem)
        {
            report(value, $"a value of type {type} is expected, found {Short(value)}: {problem.Message}");
        }
    }

    private static void Enum(GraphQLType type, EnumType values, ValueNode value, Action<Node, string> report)
    {
        if (value is EnumValue name && values.Value(name.Value) is not null) return;
        var text = value is EnumValue e ? e.Value : value is StringValue s ? s.Value : "";
        report(value,
            $"a value of enum {type} is expected, found "
            + $"{Short(value)}.{Suggestions.For(text, values.Values.Select(v => v.Name))}");
    }

    private static string Short(ValueNode value)
    {
        var text = Printer.Print(value);
        return text.Length <= 100 ? text : text[..100] + "…";
    }
}
