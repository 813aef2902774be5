using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tributary.Aggregates;
using Tributary.Measures;

namespace Tributary.Grains.Tests.Measures;

public sealed class MergeOrderTests
{
    [Fact]
    public void A_state_does_not_depend_on_order_or_grouping() => Prop.ForAll<int[], int>((values, seed) =>
    {
        // Repeated, so that the sets grow beyond what distinct holds exactly.
        var deltas = values.SelectMany(value => Enumerable.Range(0, 40).Select(i => Delta(value * 0.37 + i))).ToArray();
        var expected = Json(deltas.Aggregate(AggregateState.Empty, (state, delta) => state.Add(delta)));

        var random = new Random(seed);
        random.Shuffle(deltas);
        var state = AggregateState.Empty;
        for (var at = 0; at < deltas.Length;)
        {
            var merged = deltas[at++].Fork();
            for (var more = random.Next(30); more > 0 && at < deltas.Length; more--)
                merged.Absorb(deltas[at++]);
            state = state.Add(merged);
            if (random.Next(4) == 0)
                state = JsonSerializer.Deserialize(Json(state), GrainsJson.Default.AggregateState)!;
        }

        return Json(state) == expected;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Adding_leaves_the_former_state_and_the_delta_as_they_were()
    {
        var state = AggregateState.Empty.Add(Delta(1)).Add(Delta(2));
        var delta = Delta(3);
        var (before, added) = (Json(state), JsonSerializer.Serialize(delta, GrainsJson.Default.AggregateDelta));
        Assert.NotEqual(before, Json(state.Add(delta).Add(delta)));
        Assert.Equal(before, Json(state));
        Assert.Equal(added, JsonSerializer.Serialize(delta, GrainsJson.Default.AggregateDelta));
    }

    [Fact]
    public void Measures_of_another_definition_are_refused()
    {
        var state = AggregateState.Empty.Add(Delta(1));
        Assert.Throws<InvalidOperationException>(() => state.Add(new AggregateDelta()));
        Assert.Throws<InvalidOperationException>(() => new MinMeasure(null).Absorb(new MaxMeasure(null)));
    }

    private static AggregateDelta Delta(double value)
    {
        Assert.True(ExactDecimal.TryParse(Encoding.ASCII.GetBytes(value.ToString("0.##")), out var number));
        return new AggregateDelta(1,
        [
            new SumMeasure(1, number), new MinMeasure(number), new MaxMeasure(number),
            DistinctMeasure.Of(XxHash64.HashToUInt64(BitConverter.GetBytes(value))), QuantilesMeasure.Of(value),
        ]);
    }

    private static string Json(AggregateState state) =>
        JsonSerializer.Serialize(state, GrainsJson.Default.AggregateState);
}
