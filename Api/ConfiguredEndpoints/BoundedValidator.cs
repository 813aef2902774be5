using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using NJsonSchema;
using NJsonSchema.Validation;
using Newtonsoft.Json.Linq;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// Checks one text against a schema within bounds. The time is bounded because a hostile body can match slowly in many
/// places, the depth because a schema can refer to itself. One instance checks one text.
/// </summary>
internal sealed class BoundedValidator(SchemaPatterns patterns, TimeProvider time) : JsonSchemaValidator
{
    /// <summary>How long the check of one text may take.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    /// <summary>The deepest nesting of applied schemas; bodies nest to 64.</summary>
    public const int MaxDepth = 512;

    private readonly long startedAt = time.GetTimestamp();
    private int depth;

    /// <exception cref="SchemaLimitException">The check takes too long or leads too deep.</exception>
    protected override ICollection<ValidationError> Validate(
        JToken token, JsonSchema schema, SchemaType schemaType, string? propertyName, string propertyPath)
    {
        CheckTime();
        if (++depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new SchemaLimitException($"schemas are applied within each other more than {MaxDepth} times");

        try
        {
            var errors = base.Validate(token, schema, schemaType, propertyName, propertyPath);
            CheckText(token, schema, propertyName, propertyPath, errors);
            CheckNames(token, schema, schemaType, propertyPath, errors);
            return errors;
        }
        finally
        {
            depth--;
        }
    }

    private void CheckText(
        JToken token, JsonSchema schema, string? propertyName, string propertyPath, ICollection<ValidationError> errors)
    {
        if (token.Type != JTokenType.String || patterns.OfText(schema) is not { } pattern)
            return;
        if (!IsMatch(pattern, token.Value<string>()!))
            errors.Add(new(ValidationErrorKind.PatternMismatch, propertyName, propertyPath, token, schema));
    }

    private void CheckNames(
        JToken token, JsonSchema schema, SchemaType schemaType, string propertyPath,
        ICollection<ValidationError> errors)
    {
        if (token is not JObject body || patterns.OfNames(schema) is not { } names)
            return;

        foreach (var property in body.Properties())
        {
            if (schema.Properties.ContainsKey(property.Name))
                continue;
            var path = string.IsNullOrEmpty(propertyPath) ? property.Name : $"{propertyPath}.{property.Name}";
            if (FaultOf(property, names, schemaType, path) is { } fault)
                errors.Add(new(fault, property.Name, path, property.Value, schema));
        }
    }

    private ValidationErrorKind? FaultOf(JProperty property, NamePatterns names, SchemaType schemaType, string path)
    {
        var described = names.Patterns.FirstOrDefault(one => IsMatch(one.Name, property.Name)).Schema
            ?? names.Additional;
        if (described is null)
            return names.AllowsAdditional ? null : ValidationErrorKind.NoAdditionalPropertiesAllowed;
        return Validate(property.Value, described.ActualSchema, schemaType, property.Name, path).Count == 0
            ? null
            : ValidationErrorKind.AdditionalPropertiesNotValid;
    }

    private bool IsMatch(Regex pattern, string text)
    {
        CheckTime();
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            var limitMs = SchemaPatterns.MatchTimeout.TotalMilliseconds;
            throw new SchemaLimitException($"the pattern '{pattern}' looks at one text for more than {limitMs:0} ms");
        }
    }

    private void CheckTime()
    {
        if (time.GetElapsedTime(startedAt) > MaxTime)
            throw new SchemaLimitException($"the check takes more than {MaxTime.TotalMilliseconds:0} ms");
    }
}

/// <summary>Ends the check of a text; the message gives the limit.</summary>
internal sealed class SchemaLimitException(string message) : Exception(message);
