using System.Globalization;
using System.Text.Json;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>Takes and gives any value.</summary>
internal sealed class UntypedCodec : ScalarCodec
{
    public override object? ParseLiteral(ValueNode literal) =>
        literal switch
        {
            NullValue => null,
            BooleanValue b => b.Value,
            StringValue s => s.Value,
            EnumValue e => e.Value,
            IntValue i => int.TryParse(i.Value, NumberStyles.AllowLeadingSign, null, out var number)
                ? number
                : Double(i.Value),
            FloatValue f => Double(f.Value),
            ListValue list => list.Values.Select(ParseLiteral).ToList(),
            ObjectValue o => Fields(o),
            _ => throw new CoercionException("a variable is not allowed here."),
        };

    private Dictionary<string, object?> Fields(ObjectValue literal)
    {
        var fields = new Dictionary<string, object?>();
        foreach (var field in literal.Fields) fields[field.Name] = ParseLiteral(field.Value);
        return fields;
    }

    private static double Double(string digits) =>
        double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);

    public override object? ParseJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt32(out var number) ? number : json.GetDouble(),
        JsonValueKind.Array => json.EnumerateArray().Select(ParseJson).ToList(),
        _ => Fields(json),
    };

    private Dictionary<string, object?> Fields(JsonElement json)
    {
        var fields = new Dictionary<string, object?>();
        foreach (var field in json.EnumerateObject()) fields[field.Name] = ParseJson(field.Value);
        return fields;
    }

    public override object Serialize(object value) => value;
}
