using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Measures;
using Tributary.Pipeline.Aggregates;

namespace Tributary.Grains.Tests.Contributions;

/// <summary>Aggregates of a real week against a recount that shares no code with them.</summary>
public sealed class EarthquakeTests
{
    private const string Network = """
        {"name":"by-network","group":[{"name":"network","pointer":"/network"}],"measures":[
          {"name":"n","kind":"count"},{"name":"sum","kind":"sum","pointer":"/magnitude"},
            {"name":"min","kind":"min","pointer":"/magnitude"},
          {"name":"max","kind":"max","pointer":"/magnitude"},{"name":"mean","kind":"mean","pointer":"/magnitude"}]}
        """;

    private const string Daily = """
        {"name":"by-day","measures":[{"name":"places","kind":"distinct","pointer":"/place"},
          {"name":"q","kind":"quantiles","pointer":"/depthKm","quantiles":[0,0.1,0.5,0.9,1]}],
         "window":{"size":"1d","by":"event","time":"/time","format":"unix-ms"}}
        """;

    private const string Whole =
        """{"name":"all","measures":[{"name":"places","kind":"distinct","pointer":"/place"}]}""";

    private static readonly byte[][] Lines =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "earthquakes.ndjson"))
            .Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private static readonly JsonElement[] Quakes = [.. Lines.Select(line => JsonElement.Parse(line))];

    [Fact]
    public void Counts_sums_and_extremes_per_network_equal_a_recount_to_the_digit()
    {
        var views = Aggregate(Network).ToDictionary(view => view.Group["network"].GetString()!);
        var networks = Quakes.GroupBy(quake => quake.GetProperty("network").GetString()!).ToList();
        Assert.Equal(networks.Select(network => network.Key).Order(), views.Keys.Order());
        foreach (var network in networks)
        {
            var magnitudes = network
                .Select(quake => quake.GetProperty("magnitude"))
                .Where(value => value.ValueKind == JsonValueKind.Number)
                .Select(value => value.GetDecimal())
                .ToList();
            var measures = views[network.Key].Measures;
            Assert.Equal(network.Count(), measures["n"].GetInt32());
            Assert.Equal(magnitudes.Sum(), measures["sum"].GetDecimal());
            Assert.Equal(magnitudes.Min(), measures["min"].GetDecimal());
            Assert.Equal(magnitudes.Max(), measures["max"].GetDecimal());
            Assert.Equal(Rounded(magnitudes), measures["mean"].GetRawText());
        }
    }

    [Fact]
    public void Days_have_their_distinct_places_exactly_and_their_quantiles_to_one_percent()
    {
        const long dayMs = 86_400_000;
        var views = Aggregate(Daily).ToDictionary(view => view.WindowStart!.Value.ToUnixTimeMilliseconds());
        var days = Quakes.GroupBy(quake => quake.GetProperty("time").GetInt64() / dayMs * dayMs).ToList();
        Assert.Equal(days.Select(day => day.Key).Order(), views.Keys.Order());
        foreach (var day in days)
        {
            var view = views[day.Key];
            var places = day.Select(quake => quake.GetProperty("place").GetString()).Distinct().Count();
            var tolerance = places <= DistinctMeasure.MaxHashesCount ? 0 : places * 3 * 0.01625;
            Assert.Equal(day.Count(), view.Count);
            Assert.InRange(view.Measures["places"].GetInt64(), places - tolerance, places + tolerance);

            var depths = day.Select(quake => quake.GetProperty("depthKm").GetDouble()).Order().ToList();
            foreach (var quantile in view.Measures["q"].EnumerateObject())
            {
                var exact = depths[
                    (int)Math.Floor(double.Parse(quantile.Name, CultureInfo.InvariantCulture) * (depths.Count - 1))
                ];
                // Shown with six digits: half of the last one comes on top of the sketch's own error.
                Assert.InRange(Math.Abs(quantile.Value.GetDouble() - exact), 0, Math.Abs(exact) * 0.010006);
            }
        }
    }

    [Fact]
    public void The_places_of_the_week_are_estimated_within_three_standard_errors()
    {
        var places = Quakes.Select(quake => quake.GetProperty("place").GetString()).Distinct().Count();
        var estimate = Assert.Single(Aggregate(Whole)).Measures["places"].GetInt64();
        Assert.InRange(estimate, places * (1 - 3 * 0.01625), places * (1 + 3 * 0.01625));
    }

    private static List<AggregateView> Aggregate(string definition)
    {
        var calculator = Calculations.Calculator(definition);
        var states = new Dictionary<string, AggregateState>();
        var receivedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_600_000_000_000);
        foreach (var line in Lines)
        {
            var contribution = Assert.Single(calculator.Calculate("usgs", line, receivedAt));
            var key = contribution.Aggregate.Key;
            states[key] = states.GetValueOrDefault(key, AggregateState.Empty).Add(contribution.Delta);
        }

        return
        [
            .. states.Select(pair =>
                AggregateView.Of(AggregateKey.Parse(pair.Key), pair.Value, Calculations.Define(definition))),
        ];
    }

    /// <summary>The mean to 28 digits, by integers: the magnitudes have at most ten decimal places.</summary>
    private static string Rounded(List<decimal> magnitudes)
    {
        var numerator = new BigInteger(magnitudes.Sum() * 10_000_000_000m) * BigInteger.Pow(10, 40);
        var quotient = BigInteger.DivRem(numerator, magnitudes.Count, out var rest);
        var digits = BigInteger.Abs(quotient).ToString(CultureInfo.InvariantCulture);
        var unit = BigInteger.Pow(10, digits.Length - 28);
        var rounded = BigInteger.DivRem(BigInteger.Abs(quotient), unit, out var cut);
        var twice = (cut * 2).CompareTo(unit);
        if (twice > 0 || (twice == 0 && (!rest.IsZero || !rounded.IsEven)))
            rounded += 1;
        var text = (rounded * unit).ToString(CultureInfo.InvariantCulture).PadLeft(51, '0');
        return (numerator.Sign < 0 ? "-" : "") + $"{text[..^50]}.{text[^50..]}".TrimEnd('0').TrimEnd('.');
    }
}
