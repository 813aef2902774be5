using Tributary.Connectors.Brokers;

namespace Tributary.Connectors.Tests.Brokers;

public sealed class DeliveryTagsTests
{
    [Fact]
    public void Only_an_unbroken_run_is_acknowledged_together()
    {
        var tags = new DeliveryTags();

        tags.Done(2);
        tags.Done(3);
        Assert.Null(tags.TakeRun());
        tags.Done(1);
        tags.Done(5);
        Assert.Equal(3ul, tags.TakeRun());
        Assert.Null(tags.TakeRun());
        tags.Done(4);
        Assert.Equal(5ul, tags.TakeRun());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_run_ever_covers_a_delivery_that_is_not_done(int seed)
    {
        const int Count = 1000;
        var order = Enumerable.Range(1, Count).Select(number => (ulong)number).ToArray();
        new Random(seed).Shuffle(order);
        var tags = new DeliveryTags();
        var done = new HashSet<ulong>();
        ulong end = 0;

        foreach (var tag in order)
        {
            tags.Done(tag);
            done.Add(tag);
            end = tags.TakeRun() ?? end;
            Assert.All(Enumerable.Range(1, (int)end), covered => Assert.Contains((ulong)covered, done));
        }

        Assert.Equal((ulong)Count, end);
    }
}
