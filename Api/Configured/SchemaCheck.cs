using System.Text;
using NJsonSchema;
using NJsonSchema.Validation;

namespace Tributary.Api.Configured;

/// <summary>A JSON Schema and the check against it. The checked text is read apart: the body stays the bytes that came.</summary>
public sealed class SchemaCheck
{
    private const int MaxShownErrors = 5;

    private readonly JsonSchema schema;

    private SchemaCheck(JsonSchema schema, string json)
    {
        this.schema = schema;
        Json = json;
    }

    /// <summary>The schema as configured.</summary>
    public string Json { get; }

    internal IReadOnlyDictionary<string, JsonSchemaProperty> Properties => schema.ActualSchema.ActualProperties;

    internal bool Requires(string property) => schema.ActualSchema.RequiredProperties.Contains(property);

    /// <exception cref="FormatException">It is not a JSON Schema; the message says why.</exception>
    public static async Task<SchemaCheck> ParseAsync(string json)
    {
        try
        {
            return new SchemaCheck(await JsonSchema.FromJsonAsync(json), json);
        }
        catch (Exception error) when (error is Newtonsoft.Json.JsonException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>Checks a JSON text.</summary>
    /// <exception cref="TributaryException">With <paramref name="code"/>: names the first violations.</exception>
    public void Check(string json, string code)
    {
        ICollection<ValidationError> errors;
        try
        {
            errors = schema.Validate(json);
        }
        catch (Exception error) when (error is Newtonsoft.Json.JsonException or FormatException or OverflowException)
        {
            // Numbers beyond what the validator can hold fit no schema.
            throw new TributaryException(code, $"The value cannot be checked: {error.Message}", error);
        }

        if (errors.Count == 0)
            return;

        var text = new StringBuilder();
        foreach (var error in errors.Take(MaxShownErrors))
            text.Append(text.Length == 0 ? "" : "; ").Append(error.Path).Append(": ").Append(error.Kind);
        if (errors.Count > MaxShownErrors)
            text.Append($"; and {errors.Count - MaxShownErrors} more");
        throw new TributaryException(code, $"Found {text}; allowed: what the schema in the OpenAPI document says.");
    }
}
