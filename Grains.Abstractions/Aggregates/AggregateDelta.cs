using System.Text.Json.Serialization;
using Tributary.Measures;

namespace Tributary.Aggregates;

/// <summary>
/// An addition to an aggregate: a number of messages, and one measure for each in the definition, in its order.
/// Immutable unless it was forked.
/// </summary>
[Immutable]
public sealed class AggregateDelta : IMergeable<AggregateDelta>
{
    private readonly Measure[] measures;

    public AggregateDelta()
        : this(1, [])
    {
    }

    [JsonConstructor]
    public AggregateDelta(long count, IReadOnlyList<Measure>? measures)
        : this(count, measures as Measure[] ?? [.. measures ?? []])
    {
    }

    private AggregateDelta(long count, Measure[] measures)
    {
        Count = count;
        this.measures = measures;
    }

    /// <summary>The number of messages.</summary>
    public long Count { get; private set; }

    public IReadOnlyList<Measure> Measures => measures;

    public AggregateDelta Fork() => new(Count, ForkAll(measures));

    public void Absorb(AggregateDelta other)
    {
        AbsorbAll(measures, other.measures);
        Count += other.Count;
    }

    internal static Measure[] ForkAll(Measure[] measures)
    {
        if (measures.Length == 0)
            return measures;

        var copies = new Measure[measures.Length];
        for (var i = 0; i < copies.Length; i++)
            copies[i] = measures[i].Fork();
        return copies;
    }

    internal static void AbsorbAll(Measure[] measures, Measure[] added)
    {
        if (measures.Length != added.Length)
            throw new InvalidOperationException(
                $"An aggregate of {measures.Length} measures cannot absorb {added.Length}.");

        for (var i = 0; i < measures.Length; i++)
            measures[i].Absorb(added[i]);
    }

    internal Measure[] Array => measures;
}
