using Tributary.Aggregates;
using Tributary.Grains.Aggregates;
using Tributary.Measures;

namespace Tributary.Grains.Tests.Grains;

public sealed class AggregateGrainTests
{
    private readonly AggregateGrain grain = new FakeTurn(AggregateGrain.GrainType, "1/0/[]").Attach(
        new AggregateGrain());

    [Fact]
    public async Task Deltas_add_up()
    {
        await grain.Apply(new AggregateDelta(1, [new SumMeasure(1, 5)]));
        await grain.Apply(new AggregateDelta(2, [new SumMeasure(1, -2, 1)]));

        var state = await grain.Read();
        var sum = Assert.IsType<SumMeasure>(Assert.Single(state!.Measures));
        Assert.Equal((3L, 2L, (ExactDecimal)3, 1L), (state.Count, sum.Numbers, sum.Sum, sum.Skipped));
    }

    [Fact]
    public async Task An_aggregate_that_nothing_was_added_to_reads_as_null()
    {
        Assert.Null(await grain.Read());
        Assert.Null(((IStateful)grain).State);
    }
}
