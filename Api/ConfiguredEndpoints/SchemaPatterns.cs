using System.Text.RegularExpressions;
using NJsonSchema;
using NJsonSchema.Visitors;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// The regular expressions of a schema, taken out of it because the library runs them without a bound. They run without
/// backtracking, in time that is linear in the text. Expressions that need backtracking (lookarounds, back references)
/// run within a time limit.
/// </summary>
internal sealed class SchemaPatterns
{
    /// <summary>How long one expression may look at one text.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<JsonSchema, Regex> texts = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<JsonSchema, NamePatterns> names = new(ReferenceEqualityComparer.Instance);

    private SchemaPatterns()
    {
    }

    /// <summary>
    /// Takes every <c>pattern</c> and <c>patternProperties</c> out of the schema and out of the schemas it refers to.
    /// </summary>
    /// <exception cref="FormatException">One is no regular expression.</exception>
    public static SchemaPatterns TakeFrom(JsonSchema root)
    {
        // The visitor reads a schema's children after it showed the schema, so patterns leave only after the visit.
        var collector = new Collector();
        collector.Visit(root);
        var patterns = new SchemaPatterns();
        foreach (var schema in collector.Schemas)
            patterns.Take(schema);
        return patterns;
    }

    /// <summary>The expression that strings of the schema must match; null: any string.</summary>
    public Regex? OfText(JsonSchema schema) => texts.GetValueOrDefault(schema);

    /// <summary>The schema's patterns for names of properties; null: none.</summary>
    public NamePatterns? OfNames(JsonSchema schema) => names.GetValueOrDefault(schema);

    private void Take(JsonSchema schema)
    {
        if (!string.IsNullOrEmpty(schema.Pattern))
        {
            texts.Add(schema, Parse(schema.Pattern));
            schema.Pattern = null;
        }

        if (schema.PatternProperties.Count == 0)
            return;

        // The rule for additional properties depends on the patterns, so it leaves the schema with them.
        names.Add(schema, new NamePatterns(
            [.. schema.PatternProperties.Select(static pair => (Parse(pair.Key), (JsonSchema)pair.Value))],
            schema.AdditionalPropertiesSchema,
            schema.AllowAdditionalProperties));
        schema.PatternProperties.Clear();
        schema.AllowAdditionalProperties = true;
        schema.AdditionalPropertiesSchema = null;
    }

    private static Regex Parse(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"the pattern '{pattern}' is no regular expression: {error.Message}", error);
        }
    }

    private sealed class Collector : JsonSchemaVisitorBase
    {
        public List<JsonSchema> Schemas { get; } = [];

        protected override JsonSchema VisitSchema(JsonSchema schema, string path, string typeNameHint)
        {
            Schemas.Add(schema);
            return schema;
        }
    }
}

/// <summary>The patterns of a schema for names of properties, and its rule for additional properties.</summary>
/// <param name="Patterns">The first pattern that matches a name counts.</param>
/// <param name="Additional">
/// The schema of additional properties; null: <paramref name="AllowsAdditional"/> decides.
/// </param>
internal sealed record NamePatterns(
    IReadOnlyList<(Regex Name, JsonSchema Schema)> Patterns, JsonSchema? Additional, bool AllowsAdditional);
