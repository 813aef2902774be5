using System.Text.RegularExpressions;
using NJsonSchema;
using NJsonSchema.Visitors;

namespace Tributary.Api.ConfiguredEndpoints;

/// <summary>
/// The regular expressions of a schema, taken out of it: the library would run them without any bound. They run without
/// backtracking, in time that grows with the text and nothing else. Those that cannot (they look around, or refer back)
/// backtrack within a time limit.
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
    /// Takes every <c>pattern</c> and <c>patternProperties</c> out of the schema and out of all that it refers to.
    /// </summary>
    /// <exception cref="FormatException">One is no regular expression.</exception>
    public static SchemaPatterns TakeFrom(JsonSchema root)
    {
        // The visitor looks into a schema only after it was shown the schema, so nothing is taken before the end.
        var collector = new Collector();
        collector.Visit(root);
        var patterns = new SchemaPatterns();
        foreach (var schema in collector.Schemas)
            patterns.Take(schema);
        return patterns;
    }

    /// <summary>What strings that the schema describes must match; null: anything.</summary>
    public Regex? OfText(JsonSchema schema) => texts.GetValueOrDefault(schema);

    /// <summary>What the schema says of properties by their names; null: nothing.</summary>
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

        // What is neither listed nor matches a pattern is judged with the patterns, so it leaves the schema as well.
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

/// <summary>What a schema says of properties by their names, and of those that it says nothing else of.</summary>
/// <param name="Patterns">The first that matches a name counts.</param>
/// <param name="Additional">What the others must be; null: <paramref name="AllowsAdditional"/> decides.</param>
internal sealed record NamePatterns(
    IReadOnlyList<(Regex Name, JsonSchema Schema)> Patterns, JsonSchema? Additional, bool AllowsAdditional);
