using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>Int, Float, String, Boolean and ID (spec sections 3.5.1 to 3.5.5).</summary>
public static class BuiltInScalars
{
    public static IReadOnlyList<string> Names { get; } = ["Int", "Float", "String", "Boolean", "ID"];

    /// <summary>New instances for one schema.</summary>
    internal static IEnumerable<ScalarType> Create() =>
    [
        New("Int", "A signed 32-bit integer.", new IntCodec()),
        New("Float", "A signed double-precision number as of IEEE 754.", new FloatCodec()),
        New("String", "A sequence of Unicode characters.", new StringCodec()),
        New("Boolean", "`true` or `false`.", new BooleanCodec()),
        New("ID", "A unique identifier, written as a string; a string or an integer is accepted.", new IdCodec()),
    ];

    private static ScalarType New(string name, string description, ScalarCodec codec) =>
        new(name, description) { Codec = codec };

    private static CoercionException Expected(string what) => new($"{what} is expected.");

    private sealed class IntCodec : ScalarCodec
    {
        private const string What = "an integer between -2147483648 and 2147483647";

        public override IReadOnlyList<Type> ClrTypes =>
            [typeof(int), typeof(short), typeof(byte), typeof(ushort), typeof(sbyte)];

        public override object ParseLiteral(ValueNode literal) =>
            literal is IntValue i && int.TryParse(i.Value, NumberStyles.AllowLeadingSign, null, out var number)
                ? number
                : throw Expected(What);

        // The numeric value decides, not its notation: 1.0 and 1e0 are the integer 1.
        public override object ParseJson(JsonElement json)
        {
            if (json.ValueKind != JsonValueKind.Number)
                throw Expected(What);
            if (json.TryGetInt32(out var number))
                return number;
            return
                json.TryGetDouble(out var value)
                && value == Math.Floor(value)
                && value is >= int.MinValue and <= int.MaxValue
                ? (int)value
                : throw Expected(What);
        }

        public override object Serialize(object value) =>
            value switch
            {
                int => value,
                bool b => b ? 1 : 0,
                IConvertible c when c is not (string or char or DateTime) && TryInt(c.ToDouble(null), out var number) =>
                    number,
                _ => throw new CoercionException($"Int cannot represent {value}: {What} is expected."),
            };

        private static bool TryInt(double value, out int number)
        {
            number = value is >= int.MinValue and <= int.MaxValue ? (int)value : 0;
            return number == value;
        }
    }

    private sealed class FloatCodec : ScalarCodec
    {
        private const string What = "a finite number";

        public override IReadOnlyList<Type> ClrTypes =>
            [
                typeof(double),
                typeof(float),
                typeof(decimal),
                typeof(int),
                typeof(long),
                typeof(short),
                typeof(byte),
                typeof(uint),
            ];

        public override object ParseLiteral(ValueNode literal)
        {
            var digits = literal switch { IntValue i => i.Value, FloatValue f => f.Value, _ => throw Expected(What) };
            return double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        public override object ParseJson(JsonElement json) =>
            json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number) && double.IsFinite(number)
                ? number
                : throw Expected(What);

        public override object Serialize(object value) => value switch
        {
            double d when double.IsFinite(d) => value,
            float f when float.IsFinite(f) => (double)f,
            decimal or int or long or short or byte or uint => value,
            bool b => b ? 1 : 0,
            _ => throw new CoercionException($"Float cannot represent {value}: {What} is expected."),
        };
    }

    private sealed class StringCodec : ScalarCodec
    {
        public override IReadOnlyList<Type> ClrTypes => [typeof(string), typeof(Guid), typeof(char), typeof(Uri)];

        public override object ParseLiteral(ValueNode literal) =>
            literal is StringValue s ? s.Value : throw Expected("a string");

        public override object ParseJson(JsonElement json) =>
            json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Expected("a string");

        public override object Serialize(object value) => value switch
        {
            string => value,
            bool b => b ? "true" : "false",
            Guid or char or Uri or int or long or double or decimal => ((object)value).ToString()!,
            _ => throw new CoercionException($"String cannot represent a {value.GetType().Name}."),
        };
    }

    private sealed class BooleanCodec : ScalarCodec
    {
        public override IReadOnlyList<Type> ClrTypes => [typeof(bool)];

        public override object ParseLiteral(ValueNode literal) =>
            literal is BooleanValue b ? b.Value : throw Expected("true or false");

        public override object ParseJson(JsonElement json) => json.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Expected("true or false"),
        };

        public override object Serialize(object value) =>
            value is bool ? value : throw new CoercionException($"Boolean cannot represent {value}.");
    }

    private sealed class IdCodec : ScalarCodec
    {
        public override IReadOnlyList<Type> ClrTypes =>
            [typeof(string), typeof(Guid), typeof(int), typeof(long), typeof(uint), typeof(ulong)];

        public override object ParseLiteral(ValueNode literal) => literal switch
        {
            StringValue s => s.Value,
            IntValue i => i.Value,
            _ => throw Expected("a string or an integer"),
        };

        public override object ParseJson(JsonElement json)
        {
            if (json.ValueKind == JsonValueKind.String) return json.GetString()!;
            if (json.ValueKind == JsonValueKind.Number)
            {
                if (json.TryGetInt64(out var number)) return number.ToString(CultureInfo.InvariantCulture);
                var value = json.GetDouble();
                if (double.IsFinite(value) && value == Math.Floor(value))
                    return new BigInteger(value).ToString(CultureInfo.InvariantCulture);
            }
            throw Expected("a string or an integer");
        }

        public override object Serialize(object value) => value switch
        {
            string => value,
            Guid or int or long or uint or ulong => value.ToString()!,
            _ => throw new CoercionException($"ID cannot represent a {value.GetType().Name}."),
        };
    }
}
