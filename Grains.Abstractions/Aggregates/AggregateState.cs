using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Measures;

namespace Tributary.Aggregates;

/// <summary>The state of an aggregate. Immutable: a measure never changes once it is part of a state.</summary>
[Immutable]
public sealed class AggregateState
{
    private readonly Measure[] measures;

    [JsonConstructor]
    public AggregateState(long count, IReadOnlyList<Measure>? measures)
        : this(count, measures as Measure[] ?? [.. measures ?? []], null)
    {
    }

    private AggregateState(long count, Measure[] measures, IDictionary<string, JsonElement>? unknown)
    {
        Count = count;
        this.measures = measures;
        Unknown = unknown;
    }

    /// <summary>The state of an aggregate without messages.</summary>
    public static AggregateState Empty { get; } = new(0, []);

    /// <summary>The number of messages.</summary>
    public long Count { get; }

    /// <summary>In the order of the definition.</summary>
    public IReadOnlyList<Measure> Measures => measures;

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>This state with <paramref name="delta"/> added.</summary>
    public AggregateState Add(AggregateDelta delta)
    {
        if (Count == 0 && measures.Length == 0)
            // A delta may still be shared with its sender, so the state takes copies of the measures.
            return new AggregateState(delta.Count, AggregateDelta.ForkAll(delta.Array), Unknown);

        var sum = AggregateDelta.ForkAll(measures);
        AggregateDelta.AbsorbAll(sum, delta.Array);
        return new AggregateState(Count + delta.Count, sum, Unknown);
    }
}
