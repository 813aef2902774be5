using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NJsonSchema;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// A query as one JSON object, so that a schema can check it. Text becomes the type that the schema gives the
/// parameter.
/// </summary>
internal static class QueryObject
{
    public static string Of(IQueryCollection query, SchemaCheck schema)
    {
        var json = new JsonObject();
        foreach (var (name, values) in query)
        {
            var type = schema.Properties.TryGetValue(name, out var property)
                ? property.ActualTypeSchema.Type
                : JsonObjectType.String;
            if (values.Count > 1 && !type.HasFlag(JsonObjectType.Array))
                throw new TributaryException(
                    "parameter_repeated", $"Found the parameter '{name}' {values.Count} times; allowed: once.");
            json[name] = type.HasFlag(JsonObjectType.Array)
                ? new JsonArray([
                    .. values.Select(value =>
                        ValueOf(value!, property?.ActualTypeSchema.Item?.Type ?? JsonObjectType.String)),
                ])
                : ValueOf(values[0] ?? "", type);
        }

        return json.ToJsonString();
    }

    /// <summary>Text that is not of the type stays text, so the schema refuses it.</summary>
    private static JsonValue ValueOf(string text, JsonObjectType type)
    {
        if (type.HasFlag(JsonObjectType.Integer)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return JsonValue.Create(integer);
        if (type.HasFlag(JsonObjectType.Number)
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return JsonValue.Create(number);
        if (type.HasFlag(JsonObjectType.Boolean) && text is "true" or "false")
            return JsonValue.Create(text == "true");
        return JsonValue.Create(text);
    }
}
