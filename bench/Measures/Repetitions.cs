using System.Globalization;

namespace Tributary.Bench.Measures;

/// <summary>
/// Pairs of a measurement and its limit, taken in turn, so that both meet the same state of the machine. Figures are
/// medians; the spread is from the least to the greatest.
/// </summary>
public sealed class Repetitions
{
    /// <summary>Pairs per run.</summary>
    public const int Count = 5;

    private readonly List<(double Rate, double Limit)> pairs = [];

    public void Add(double rate, double limit) => pairs.Add((rate, limit));

    public double Rate => Median(pairs.Select(pair => pair.Rate));

    public double Limit => Median(pairs.Select(pair => pair.Limit));

    /// <summary>The median ratio with its spread.</summary>
    public override string ToString()
    {
        var ratios = pairs.Select(pair => pair.Rate / pair.Limit).Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture, $"ratio {Median(ratios):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
