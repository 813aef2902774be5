using System.Net;
using Orleans.Runtime;
using Tributary.Rounds.Orleans.Silos;

namespace Tributary.Rounds.Orleans.Tests;

public sealed class LeavingSilosTests
{
    private static readonly SiloAddress First = Silo(1);
    private static readonly SiloAddress Second = Silo(2);
    private static readonly SiloAddress Third = Silo(3);

    [Fact]
    public void Partitions_are_placed_on_silos_that_stay_and_are_not_cordoned()
    {
        var silos = new LeavingSilos();
        Assert.Equal([First, Second, Third], silos.Staying([First, Second, Third]));

        Assert.True(silos.Set([First], [Second]));

        Assert.Equal([Third], silos.Staying([First, Second, Third]));
        Assert.True(silos.Contains(First) && silos.IsCordoned(Second));
        Assert.False(silos.Contains(Second) || silos.IsCordoned(First));
    }

    [Fact]
    public void A_cordoned_silo_is_better_than_one_that_leaves_and_any_is_better_than_none()
    {
        var silos = new LeavingSilos();
        silos.Set([First], [Second]);

        Assert.Equal([Second], silos.Staying([First, Second]));
        Assert.Equal([First], silos.Staying([First]));
        // One that is cordoned and leaves is one that leaves.
        silos.Set([First, Second], [Second]);
        Assert.Equal([Third], silos.Staying([First, Second, Third]));
        Assert.Equal([First, Second], silos.Staying([First, Second]));
    }

    [Fact]
    public void Only_other_silos_are_a_change()
    {
        var silos = new LeavingSilos();
        Assert.False(silos.Set([], []));
        Assert.True(silos.Set([], [First]));
        Assert.False(silos.Set([], [First]));
        Assert.True(silos.Set([First], []));
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 7);
}
