using Tributary.Feed;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>What wakes a loop of the feeds, and what does not.</summary>
public sealed class WakeupTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ManualTime time = new();
    private readonly Wakeup wakeup = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signals_before_a_wait_are_one_signal_and_the_next_wait_needs_another()
    {
        wakeup.Wake();
        wakeup.Wake();
        Assert.True(wakeup.WaitAsync(Cancellation).IsCompletedSuccessfully);
        var next = wakeup.WaitAsync(Limit, time, Cancellation);
        Assert.False(next.IsCompleted);
        wakeup.Wake();
        await next;
        Assert.False(wakeup.WaitAsync(Cancellation).IsCompleted);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_over()
    {
        var waiting = wakeup.WaitAsync(Limit, time, Cancellation);
        Assert.False(waiting.IsCompleted);
        await time.FireAsync(Limit, Cancellation);
        await waiting;
        Assert.False(wakeup.WaitAsync(Limit, time, Cancellation).IsCompleted);
    }

    [Fact]
    public async Task A_cancelled_wait_says_so_and_takes_no_signal_from_the_next_one()
    {
        using var cancelled = new CancellationTokenSource();
        var waiting = wakeup.WaitAsync(cancelled.Token);
        wakeup.Wake();
        await waiting;
        waiting = wakeup.WaitAsync(cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        wakeup.Wake();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wakeup.WaitAsync(cancelled.Token));
        Assert.True(wakeup.WaitAsync(Cancellation).IsCompletedSuccessfully);
    }
}
