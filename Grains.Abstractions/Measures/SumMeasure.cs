using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>The exact sum and the count of numbers; the mean is computed from them on reading.</summary>
public sealed class SumMeasure : Measure
{
    /// <summary>Significant digits of a mean; halves are rounded to even.</summary>
    public const int MeanDigitsCount = 28;

    private long numbers;
    private ExactDecimal sum;

    [JsonConstructor]
    public SumMeasure(long numbers, ExactDecimal sum, long skipped = 0)
        : base(skipped)
    {
        this.numbers = numbers;
        this.sum = sum;
    }

    public static SumMeasure Empty { get; } = new(0, 0);

    public static SumMeasure OneSkipped { get; } = new(0, 0, 1);

    /// <summary>The number of numbers added.</summary>
    public long Numbers => numbers;

    public ExactDecimal Sum => sum;

    /// <summary>The mean rounded to <see cref="MeanDigitsCount"/> digits, or null without numbers.</summary>
    [JsonIgnore]
    public ExactDecimal? Mean => numbers == 0 ? null : sum.Divide(numbers, MeanDigitsCount);

    private protected override Measure Copy() => new SumMeasure(numbers, sum, Skipped);

    private protected override void Merge(Measure other)
    {
        if (other is not SumMeasure added)
            throw Mismatch(other);

        numbers += added.numbers;
        sum += added.sum;
    }
}
