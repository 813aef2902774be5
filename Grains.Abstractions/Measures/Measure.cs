using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>
/// One mergeable measure. Its content depends only on the values added, not on their order or grouping. A shared
/// measure never changes: only a copy made by <see cref="Fork"/> may absorb.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SumMeasure), "sum")]
[JsonDerivedType(typeof(MinMeasure), "min")]
[JsonDerivedType(typeof(MaxMeasure), "max")]
[JsonDerivedType(typeof(DistinctMeasure), "distinct")]
[JsonDerivedType(typeof(QuantilesMeasure), "quantiles")]
public abstract class Measure
{
    private protected Measure(long skipped) => Skipped = skipped;

    /// <summary>
    /// The number of values that could not be measured: values of another type, or numbers beyond the bounds.
    /// </summary>
    [JsonPropertyOrder(10)]
    public long Skipped { get; private set; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>A copy that may absorb.</summary>
    public Measure Fork()
    {
        var copy = Copy();
        copy.Unknown = Unknown;
        return copy;
    }

    /// <summary>Adds <paramref name="other"/>, a measure of the same kind, to this copy.</summary>
    public void Absorb(Measure other)
    {
        Merge(other);
        Skipped += other.Skipped;
    }

    private protected abstract Measure Copy();

    private protected abstract void Merge(Measure other);

    private protected InvalidOperationException Mismatch(Measure other) =>
        new($"A {GetType().Name} cannot absorb a {other.GetType().Name}.");
}
