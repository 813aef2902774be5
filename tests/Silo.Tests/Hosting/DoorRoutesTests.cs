using Tributary.Silo.Hosting.Doors;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>Which silo messages go to by what silos have answered.</summary>
public sealed class DoorRoutesTests
{
    private readonly DoorRoutes routes = New(sharesLanes: true);

    [Fact]
    public void Partitions_of_one_silo_share_a_lane()
    {
        var (first, second, third) = (routes.Of(0), routes.Of(1), routes.Of(2));
        Assert.NotSame(first, second);
        routes.Learn(first, "a", []);
        routes.Learn(second, "b", []);
        routes.Learn(third, "a", []);
        Assert.Same(first, routes.Of(0));
        Assert.Same(second, routes.Of(1));
        Assert.Same(first, routes.Of(2));
    }

    [Fact]
    public void A_partition_that_has_moved_is_looked_for_anew()
    {
        var (first, second) = (routes.Of(0), routes.Of(1));
        routes.Learn(first, "a", []);
        routes.Learn(second, "a", []);
        routes.Learn(first, "a", elsewhere: [1]);
        var moved = routes.Of(1);
        Assert.NotSame(first, moved);
        routes.Learn(moved, "b", []);
        Assert.Same(moved, routes.Of(1));
        Assert.Same(first, routes.Of(0));
    }

    [Fact]
    public void A_lane_whose_door_has_moved_joins_that_of_its_new_silo()
    {
        var (first, second) = (routes.Of(0), routes.Of(1));
        routes.Learn(first, "a", []);
        routes.Learn(second, "b", []);
        routes.Learn(second, "a", []);
        Assert.Same(first, routes.Of(1));
        // The silo that had it is found again by another partition.
        var third = routes.Of(2);
        routes.Learn(third, "b", []);
        Assert.Same(third, routes.Of(2));
    }

    [Fact]
    public void A_lane_without_an_answer_is_not_used_again()
    {
        var (first, second) = (routes.Of(0), routes.Of(1));
        routes.Learn(first, "a", []);
        routes.Learn(second, "a", []);
        routes.Lose(first);
        Assert.NotSame(first, routes.Of(0));
        Assert.NotSame(first, routes.Of(1));
        Assert.NotSame(routes.Of(0), routes.Of(1));
    }

    [Fact]
    public void Messages_that_must_stay_in_order_keep_their_way()
    {
        var ordered = New(sharesLanes: false);
        var (first, second) = (ordered.Of(0), ordered.Of(1));
        ordered.Learn(first, "a", []);
        ordered.Learn(second, "a", elsewhere: [1]);
        Assert.Same(first, ordered.Of(0));
        Assert.Same(second, ordered.Of(1));
    }

    private static DoorRoutes New(bool sharesLanes) => new(
        partitionCount: 4, sharesLanes,
        static partition => new DoorLane(partition, static (_, _) => Task.CompletedTask));
}
