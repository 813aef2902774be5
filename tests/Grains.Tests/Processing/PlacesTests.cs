using Tributary.Pipeline.Processing;

namespace Tributary.Grains.Tests.Processing;

public sealed class PlacesTests
{
    private readonly Places places = new(2);

    [Fact]
    public async Task Places_are_given_in_the_order_of_asking()
    {
        await Enter();
        await Enter();
        var third = Enter();
        var fourth = Enter();
        Assert.False(third.IsCompleted);

        places.Leave();
        await third;
        Assert.False(fourth.IsCompleted);
        places.Leave();
        await fourth;
    }

    [Fact]
    public async Task Who_waits_no_more_takes_no_place()
    {
        await Enter();
        await Enter();
        using var cancelling = new CancellationTokenSource();
        var cancelled = places.EnterAsync(cancelling.Token).AsTask();
        var waiting = Enter();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        places.Leave();
        await waiting;
        places.Leave();
        places.Leave();
        await Enter();
        await Enter();
        Assert.False(Enter().IsCompleted);
    }

    private Task Enter() => places.EnterAsync(TestContext.Current.CancellationToken).AsTask();
}
