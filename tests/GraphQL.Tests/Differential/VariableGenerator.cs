using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Tests.Differential;

/// <summary>Writes JSON values for input types: mostly fitting, often nearly so.</summary>
internal sealed class VariableGenerator(Random random)
{
    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    /// <summary>JSON text; <paramref name="wrong"/> is one in how many values that is of any other kind.</summary>
    public string Json(GraphQLType type, int depth, int wrong)
    {
        if (Chance(wrong)) return Anything();
        if (!type.IsNonNull && Chance(8)) return "null";
        if (type.Nullable is ListType list)
        {
            if (Chance(5))
                return Json(list.Of, depth, wrong);
            return "["
                + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Json(list.Of, depth - 1, wrong)))
                + "]";
        }
        switch (type.Named)
        {
            case EnumType values: return Quote(values.Values[random.Next(values.Values.Count)].Name);
            case InputObjectType { IsOneOf: true } oneOf when !Chance(wrong):
                var chosen = oneOf.Fields[random.Next(oneOf.Fields.Count)];
                return $"{{{Quote(chosen.Name)}:{Json(chosen.Type, depth - 1, wrong)}}}";
            case InputObjectType input:
                var fields = input.Fields.Where(f => (f.IsRequired && !Chance(wrong)) || (depth > 0 && Chance(3)))
                    .Select(f => $"{Quote(f.Name)}:{Json(f.Type, depth - 1, wrong)}").ToList();
                if (Chance(wrong * 2)) fields.Add("\"unknown\":1");
                return "{" + string.Join(",", fields) + "}";
        }
        return type.Named.Name switch
        {
            "Int" => Pick("0", "-1", "1.0", "1e3", "2147483647", "-2147483648", "2147483648", "1.5", "1e400", "-0"),
            "Float" => Pick("0", "1.25", "1e300", "-7", "1e400"),
            "Boolean" => Pick("true", "false"),
            "ID" => Pick("\"x\"", "7", "-3", "1.0", "1.5", "9007199254740991", "\"\""),
            "String" => Pick("\"s\"", "\"\"", "\"\\u00e9\""),
            _ => Anything(),
        };
    }

    private string Anything() =>
        Pick(
            "null", "true", "false", "0", "1", "-1.5", "3000000000", "\"RED\"", "\"red\"", "\" RED\"", "\"0\"",
            "\"text\"", "[]", "[1]", "[[1,2]]", "[null]", "{}", "{\"x\":1}", "{\"y\":1}", "{\"id\":1}", "{\"id\":null}",
            "{\"id\":1,\"name\":\"a\"}", "[\"RED\",\"GREEN\"]", "{\"a\":{\"b\":[1,\"x\"]}}");

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    /// <summary>Both sides' values as one kind of text: numbers by value, fields in the order of names.</summary>
    public static string Canonical(JsonNode? node) =>
        node switch
        {
            null => "null",
            JsonObject o => "{"
                + string.Join(
                    ",", o.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}:{Canonical(f.Value)}"))
                + "}",
            JsonArray a => "[" + string.Join(",", a.Select(Canonical)) + "]",
            JsonValue v when v.GetValueKind() == JsonValueKind.Number => double.Parse(
                    v.ToJsonString(),
                    CultureInfo.InvariantCulture)
                .ToString("R", CultureInfo.InvariantCulture)
                is var n
            && n == "-0"
                ? "0"
                : n,
            _ => node.ToJsonString(),
        };
}
