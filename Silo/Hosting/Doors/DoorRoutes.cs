namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// Which silo messages go to, by partition, as the answers of silos have told. Partitions of one silo share a lane, so
/// that their messages share calls. A route that has become wrong costs a message a hop between silos, and its answer
/// corrects the route.
/// </summary>
/// <param name="sharesLanes">
/// False to keep the messages of each partition on a way of their own, in order from the first message on.
/// </param>
/// <param name="newLane">Makes a lane to the door of a partition whose silo is not known.</param>
internal sealed class DoorRoutes(int partitionCount, bool sharesLanes, Func<int, DoorLane> newLane)
{
    private readonly Lock gate = new();
    private readonly DoorLane?[] lanes = new DoorLane?[partitionCount];
    private readonly Dictionary<string, DoorLane> bySilo = [];

    public DoorLane Of(int partition)
    {
        lock (gate)
            return lanes[partition] ??= newLane(partition);
    }

    /// <summary>A silo has answered a call of this lane.</summary>
    /// <param name="elsewhere">The partitions of the call that another silo owns.</param>
    public void Learn(DoorLane lane, string silo, IEnumerable<int> elsewhere)
    {
        if (!sharesLanes)
            return;
        lock (gate)
        {
            if (lane.Silo != silo)
            {
                Forget(lane);
                lane.Silo = silo;
                if (!bySilo.TryAdd(silo, lane))
                    Replace(lane, bySilo[silo]);
            }

            foreach (var partition in elsewhere)
            {
                if (lanes[partition] is { } stale && stale.Silo == silo)
                    lanes[partition] = null;
            }
        }
    }

    /// <summary>A call of this lane was not answered: its partitions are looked for anew.</summary>
    public void Lose(DoorLane lane)
    {
        lock (gate)
        {
            Forget(lane);
            lane.Silo = null;
            Replace(lane, null);
        }
    }

    private void Forget(DoorLane lane)
    {
        if (lane.Silo is { } known && bySilo.TryGetValue(known, out var first) && first == lane)
            bySilo.Remove(known);
    }

    private void Replace(DoorLane lane, DoorLane? next)
    {
        for (var i = 0; i < lanes.Length; i++)
        {
            if (lanes[i] == lane)
                lanes[i] = next;
        }
    }
}
