using System.Diagnostics;
using System.Globalization;

namespace Tributary.Bench;

/// <summary>Latencies of one run, from many threads.</summary>
public sealed class Latencies
{
    private readonly Lock gate = new();
    private readonly List<double> valuesMs = [];

    public void Add(long startedAt)
    {
        var ms = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        lock (gate)
            valuesMs.Add(ms);
    }

    public override string ToString()
    {
        lock (gate)
        {
            valuesMs.Sort();
            return valuesMs.Count == 0
                ? "no latencies"
                : string.Create(
                    CultureInfo.InvariantCulture, $"p50 {At(0.50):0.0} p90 {At(0.90):0.0} p99 {At(0.99):0.0} ms");
        }
    }

    private double At(double share) => valuesMs[Math.Min(valuesMs.Count - 1, (int)(share * valuesMs.Count))];
}
