using System.Text.Json;
using Tributary.Measures;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Definitions;

/// <summary>What one declarative aggregate counts: see <c>docs/aggregates.md</c>.</summary>
public sealed class AggregateDefinition
{
    internal AggregateDefinition(
        string name,
        IReadOnlyList<string>? sources,
        IReadOnlyList<GroupDefinition> group,
        IReadOnlyList<MeasureDefinition> measures,
        WindowDefinition? window)
    {
        Name = name;
        Sources = sources;
        Group = group;
        Measures = measures;
        Window = window;
        (Json, Hash) = DefinitionWriter.Write(this);
    }

    public string Name { get; }

    /// <summary>The sources whose messages are counted, sorted; null for all.</summary>
    public IReadOnlyList<string>? Sources { get; }

    public IReadOnlyList<GroupDefinition> Group { get; }

    public IReadOnlyList<MeasureDefinition> Measures { get; }

    /// <summary>Null without windows.</summary>
    public WindowDefinition? Window { get; }

    /// <summary>
    /// The normalised definition: equal definitions have equal bytes, and <see cref="Parse(ReadOnlyMemory{byte})"/>
    /// reads them.
    /// </summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The SHA-256 of <see cref="Json"/> in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The proposal by which the store makes this definition a row.</summary>
    public DefinitionProposal Propose() => new(Name, Hash, Json);

    public bool Counts(string source) => Sources is null || Sources.Contains(source);

    /// <summary>Reads one definition, as stored.</summary>
    /// <exception cref="DefinitionException">The definition is not valid.</exception>
    public static AggregateDefinition Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return Parse(document.RootElement, "aggregate");
    }

    /// <summary>The <see cref="Hash"/> of a definition as stored.</summary>
    internal static string HashOf(ReadOnlyMemory<byte> json) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json.Span));

    /// <summary>Reads one definition.</summary>
    /// <param name="json">An object.</param>
    /// <param name="key">
    /// For error messages: the definition's place in the configuration, as in <c>aggregates[0]</c>.
    /// </param>
    /// <exception cref="DefinitionException">The definition is not valid; names every error.</exception>
    public static AggregateDefinition Parse(JsonElement json, string key)
    {
        var errors = new List<DefinitionError>();
        var definition = DefinitionParser.Parse(new DefinitionNode(json, key, errors));
        return errors.Count == 0 && definition is not null ? definition : throw new DefinitionException(errors);
    }

    /// <summary>Reads the configuration's list of definitions; names are unique.</summary>
    /// <exception cref="DefinitionException">One or more are not valid; names every error.</exception>
    public static IReadOnlyList<AggregateDefinition> ParseAll(JsonElement json, string key = "aggregates")
    {
        var errors = new List<DefinitionError>();
        var definitions = new DefinitionNode(json, key, errors).List(
            DefinitionParser.MaxDefinitionsCount, DefinitionParser.Parse);
        DefinitionParser.CheckUnique(definitions.Select(definition => definition?.Name), key, errors);
        return errors.Count == 0
            ? [.. definitions.OfType<AggregateDefinition>()]
            : throw new DefinitionException(errors);
    }
}

/// <summary>One value that messages are grouped by.</summary>
/// <param name="Floor">
/// Numbers are rounded down to a multiple of this, which is positive; null: they stay as they are.
/// </param>
public sealed record GroupDefinition(string Name, JsonPointer Pointer, ExactDecimal? Floor = null);

/// <param name="Pointer">Null for <see cref="MeasureKind.Count"/>, which counts messages.</param>
/// <param name="Quantiles">The quantiles shown, ascending, from 0 to 1; empty for other kinds.</param>
public sealed record MeasureDefinition(
    string Name, MeasureKind Kind, JsonPointer? Pointer, IReadOnlyList<double> Quantiles);

public enum MeasureKind
{
    Count,
    Sum,
    Min,
    Max,
    Mean,
    Distinct,
    Quantiles,
}

/// <summary>Tumbling windows, aligned to 1970-01-01 UTC.</summary>
/// <param name="Time">Where the event's time is; null by arrival.</param>
public sealed record WindowDefinition(long SizeMs, JsonPointer? Time, TimeFormat Format)
{
    /// <summary>The start of the window that holds this time.</summary>
    public long StartOf(long timeMs)
    {
        var into = timeMs % SizeMs;
        return timeMs - (into < 0 ? into + SizeMs : into);
    }
}

public enum TimeFormat
{
    UnixMs,
    UnixS,
    Iso,
}
