using Tributary.Rounds.Orleans.Partitions;

namespace Tributary.Rounds.Orleans.Tests;

public sealed class HandOversTests
{
    private static readonly PartitionId Moved = new(3);

    private readonly HandSetTime time = new();
    private readonly TaskCompletionSource moving = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_waits_until_its_partition_is_handed_over_and_no_other_call_does()
    {
        var handOvers = new HandOvers(time);
        var run = handOvers.RunAsync([Moved, new PartitionId(4)], () => moving.Task);
        var waiting = handOvers.WaitAsync(Moved, Cancellation);

        Assert.True(handOvers.WaitAsync(new PartitionId(5), Cancellation).IsCompletedSuccessfully);
        Assert.False(waiting.IsCompleted);
        moving.SetResult();
        await run;
        await waiting;

        Assert.True(handOvers.WaitAsync(Moved, Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_hand_over_that_fails_lets_its_calls_go_on()
    {
        var handOvers = new HandOvers(time);
        var run = handOvers.RunAsync([Moved], () => moving.Task);
        var waiting = handOvers.WaitAsync(Moved, Cancellation);
        moving.SetException(new TimeoutException("The other silo did not answer."));

        await Assert.ThrowsAsync<TimeoutException>(() => run);
        await waiting;
    }

    [Fact]
    public async Task A_call_does_not_wait_for_a_silo_that_never_answers()
    {
        var handOvers = new HandOvers(time);
        var run = handOvers.RunAsync([Moved], () => moving.Task);
        var waiting = handOvers.WaitAsync(Moved, Cancellation);
        Assert.Equal(1, time.WaitingCount);
        time.FireAll();

        await waiting;
        moving.SetResult();
        await run;
    }

    [Fact]
    public async Task A_caller_that_gives_up_waits_no_longer()
    {
        using var caller = new CancellationTokenSource();
        var handOvers = new HandOvers(time);
        var run = handOvers.RunAsync([Moved], () => moving.Task);
        var waiting = handOvers.WaitAsync(Moved, caller.Token);
        await caller.CancelAsync();

        await waiting;
        moving.SetResult();
        await run;
    }
}
