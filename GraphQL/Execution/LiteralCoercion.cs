using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// Turns literals of validated documents into CLR values and replaces variables (spec section 3, input coercion). A
/// null variable in a non-null place with a default passes validation; here it throws a
/// <see cref="CoercionException"/>.
/// </summary>
internal static class LiteralCoercion
{
    /// <summary>CoerceArgumentValues (spec section 6.4.1).</summary>
    public static InputObject Arguments(
        IReadOnlyList<InputDef> definitions, IReadOnlyList<Argument> arguments, InputObject variables)
    {
        if (definitions.Count == 0) return InputObject.Empty;
        var result = new InputObject();
        foreach (var definition in definitions)
        {
            ValueNode? literal = null;
            foreach (var argument in arguments)
                if (argument.Name == definition.Name) literal = argument.Value;
            Fill(result, definition, literal, variables, "argument");
        }
        return result;
    }

    /// <summary>One argument or input field: the literal, the default, or nothing.</summary>
    private static void Fill(
        InputObject target, InputDef definition, ValueNode? literal, InputObject variables, string what)
    {
        if (literal is VariableValue variable)
        {
            if (variables.TryGetValue(variable.Name, out var value))
            {
                if (value is null && definition.Type.IsNonNull)
                    throw new CoercionException(
                        $"{what} \"{definition.Name}\" of type {definition.Type} must not be null, but variable "
                        + $"\"${variable.Name}\" is.");
                target.Set(definition.Name, value);
                return;
            }
            literal = null;
        }
        literal ??= definition.DefaultValue;
        if (literal is not null) target.Set(definition.Name, Value(definition.Type, literal, variables));
        else if (definition.Type.IsNonNull)
            throw new CoercionException(
                $"{what} \"{definition.Name}\" of required type {definition.Type} was not provided.");
    }

    /// <summary>
    /// Coerces one value. A variable without a value is null. In a field of an input object
    /// it makes the field absent instead.
    /// </summary>
    public static object? Value(GraphQLType type, ValueNode literal, InputObject variables)
    {
        switch (literal)
        {
            case NullValue:
                return null;
            case VariableValue variable:
                var value = variables.GetValueOrDefault(variable.Name);
                return value is not null || !type.IsNonNull
                    ? value
                    : throw new CoercionException(
                        $"a value of type {type} must not be null, but variable \"${variable.Name}\" is.");
        }
        if (type.Nullable is ListType list)
        {
            if (literal is not ListValue items) return new List<object?>(1) { Value(list.Of, literal, variables) };
            var result = new List<object?>(items.Values.Count);
            foreach (var item in items.Values) result.Add(Value(list.Of, item, variables));
            return result;
        }
        return type.Named switch
        {
            InputObjectType input => FromLiteral(input, (ObjectValue)literal, variables),
            EnumType values => values.Value(((EnumValue)literal).Value)!.ClrValue,
            ScalarType { Codec: UntypedCodec codec } => codec.ParseLiteral(WithVariables(literal, variables)),
            ScalarType scalar => scalar.Codec.ParseLiteral(literal),
            _ => throw new InvalidOperationException($"{type} is no input type."),
        };
    }

    private static InputObject FromLiteral(InputObjectType type, ObjectValue literal, InputObject variables)
    {
        var result = new InputObject();
        foreach (var definition in type.Fields)
        {
            var field = literal.Fields.FirstOrDefault(f => f.Name == definition.Name);
            Fill(result, definition, field?.Value, variables, "field");
        }
        return result;
    }

    /// <summary>
    /// Replaces the variables inside a literal of a scalar that takes any value by literals of their values.
    /// </summary>
    private static ValueNode WithVariables(ValueNode literal, InputObject variables) => literal switch
    {
        VariableValue v => ToLiteral(variables.GetValueOrDefault(v.Name)),
        ListValue list => list with { Values = [.. list.Values.Select(v => WithVariables(v, variables))] },
        ObjectValue o => o with
        {
            Fields =
            [
                .. o.Fields.Where(f => f.Value is not VariableValue v || variables.Has(v.Name))
                    .Select(f => f with { Value = WithVariables(f.Value, variables) }),
            ],
        },
        _ => literal,
    };

    private static ValueNode ToLiteral(object? value) =>
        value switch
        {
            null => new NullValue(0),
            bool b => new BooleanValue(0, b),
            int i => new IntValue(0, i.ToString()),
            double d => new FloatValue(0, d.ToString("R")),
            IReadOnlyDictionary<string, object?> o => new ObjectValue(
                0, [.. o.Select(f => new ObjectField(0, f.Key, ToLiteral(f.Value)))]),
            string s => new StringValue(0, s, false),
            IEnumerable<object?> list => new ListValue(0, [.. list.Select(ToLiteral)]),
            _ => new StringValue(0, value.ToString() ?? "", false),
        };
}
