using System.Text;
using System.Text.RegularExpressions;
using NJsonSchema;
using NJsonSchema.Validation;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// A JSON Schema and the check against it. The check parses a copy: the stored body stays the bytes that came.
/// </summary>
public sealed class SchemaCheck
{
    private const int MaxShownErrors = 5;

    // A schema that applies itself without end does so for one of these values.
    private static readonly string[] Probes = ["{}", "[]", "\"\"", "0", "0.5", "true", "null"];

    private readonly JsonSchema schema;
    private readonly SchemaPatterns patterns;

    private SchemaCheck(JsonSchema schema, SchemaPatterns patterns, string json)
    {
        this.schema = schema;
        this.patterns = patterns;
        Json = json;
    }

    /// <summary>The schema as configured.</summary>
    public string Json { get; }

    internal IReadOnlyDictionary<string, JsonSchemaProperty> Properties => schema.ActualSchema.ActualProperties;

    internal bool Requires(string property) => schema.ActualSchema.RequiredProperties.Contains(property);

    /// <exception cref="FormatException">
    /// It is not a JSON Schema, or one that applies itself without end; the message says why.
    /// </exception>
    public static async Task<SchemaCheck> ParseAsync(string json)
    {
        SchemaReferences.Check(json);
        try
        {
            var read = await JsonSchema.FromJsonAsync(json);
            var check = new SchemaCheck(read, SchemaPatterns.TakeFrom(read), json);
            foreach (var probe in Probes)
                check.ErrorsOf(probe, EndlessTime);
            return check;
        }
        catch (Exception error) when (error is Newtonsoft.Json.JsonException or InvalidOperationException
            or ArgumentException or NotSupportedException or SchemaLimitException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>Checks a JSON text.</summary>
    /// <exception cref="TributaryException">
    /// With <paramref name="code"/>: names the first violations. <c>schema_limit_exceeded</c>: the check was given up.
    /// </exception>
    public void Check(string json, string code, TimeProvider time)
    {
        ICollection<ValidationError> errors;
        try
        {
            errors = ErrorsOf(json, time);
        }
        catch (Exception error) when (error is Newtonsoft.Json.JsonException or FormatException or OverflowException)
        {
            // A number that the validator cannot hold fits no schema.
            throw new TributaryException(code, $"The value cannot be checked: {error.Message}", error);
        }
        catch (Exception error) when (error is SchemaLimitException or RegexMatchTimeoutException)
        {
            throw new TributaryException(
                "schema_limit_exceeded",
                $"The check against the schema was given up: {error.Message}; allowed: what stays within this limit.",
                error);
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

    private ICollection<ValidationError> ErrorsOf(string json, TimeProvider time) =>
        new BoundedValidator(patterns, time).Validate(json, schema);

    /// <summary>
    /// A clock that stands still. Depth alone bounds the probes, so a busy machine cannot fail the start.
    /// </summary>
    private static TimeProvider EndlessTime { get; } = new StillTime();

    private sealed class StillTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
