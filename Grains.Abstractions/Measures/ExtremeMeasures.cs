using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>The smallest number, exactly.</summary>
public sealed class MinMeasure : Measure
{
    private ExactDecimal least;
    private bool any;

    [JsonConstructor]
    public MinMeasure(ExactDecimal? value, long skipped = 0)
        : base(skipped)
    {
        any = value.HasValue;
        least = value.GetValueOrDefault();
    }

    public static MinMeasure Empty { get; } = new(null);

    public static MinMeasure OneSkipped { get; } = new(null, 1);

    /// <summary>Null before the first number.</summary>
    public ExactDecimal? Value => any ? least : null;

    private protected override Measure Copy() => new MinMeasure(Value, Skipped);

    private protected override void Merge(Measure other)
    {
        if (other is not MinMeasure added)
            throw Mismatch(other);
        if (!added.any || (any && least.CompareTo(added.least) <= 0))
            return;

        (any, least) = (true, added.least);
    }
}

/// <summary>The largest number, exactly.</summary>
public sealed class MaxMeasure : Measure
{
    private ExactDecimal most;
    private bool any;

    [JsonConstructor]
    public MaxMeasure(ExactDecimal? value, long skipped = 0)
        : base(skipped)
    {
        any = value.HasValue;
        most = value.GetValueOrDefault();
    }

    public static MaxMeasure Empty { get; } = new(null);

    public static MaxMeasure OneSkipped { get; } = new(null, 1);

    /// <summary>Null before the first number.</summary>
    public ExactDecimal? Value => any ? most : null;

    private protected override Measure Copy() => new MaxMeasure(Value, Skipped);

    private protected override void Merge(Measure other)
    {
        if (other is not MaxMeasure added)
            throw Mismatch(other);
        if (!added.any || (any && most.CompareTo(added.most) >= 0))
            return;

        (any, most) = (true, added.most);
    }
}
