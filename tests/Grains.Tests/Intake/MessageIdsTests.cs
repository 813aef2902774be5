using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Intake;

namespace Tributary.Grains.Tests.Intake;

public sealed class MessageIdsTests
{
    [Fact]
    public void An_id_is_a_UUID_of_version_7_that_carries_its_time()
    {
        var id = new MessageIds(() => ulong.MaxValue).Next(FakeTurn.Start);
        Assert.Equal((7, 11), (id.Value.Version, id.Value.Variant));
        Assert.Equal(
            FakeTurn.Start.ToUnixTimeMilliseconds(),
            Convert.ToInt64(id.ToString().Replace("-", "", StringComparison.Ordinal)[..12], 16));
    }

    [Fact]
    public void Ids_ascend_also_within_a_millisecond_and_when_the_clock_goes_back()
    {
        var ids = new MessageIds(() => 0);
        var made = Enumerable
            .Range(0, 10_000)
            .Select(i => ids.Next(FakeTurn.Start.AddMilliseconds(-i / 100)).ToString())
            .ToList();
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Distinct(made);
    }

    [Fact]
    public void Threads_get_different_ids()
    {
        var ids = new MessageIds(() => 0);
        var made = new string[4][];
        Parallel.For(0, 4, thread =>
            made[thread] = [.. Enumerable.Range(0, 2_000).Select(_ => ids.Next(FakeTurn.Start).ToString())]);
        Assert.Distinct(made.SelectMany(all => all));
    }
}
