using Tributary.Connectors.Brokers;

namespace Tributary.Connectors.Tests.Brokers;

public sealed class ReceiveWindowTests
{
    [Fact]
    public void As_many_come_in_as_may_and_not_one_more()
    {
        var window = new ReceiveWindow(maxCount: 2, maxBytes: 1_000);
        window.Enter(1);
        Assert.True(window.WaitForRoom(TimeSpan.Zero));
        window.Enter(1);
        Assert.False(window.WaitForRoom(TimeSpan.Zero));
        window.Exit(1);
        Assert.True(window.WaitForRoom(TimeSpan.Zero));
    }

    [Fact]
    public void Bytes_at_their_bound_leave_no_room()
    {
        var window = new ReceiveWindow(maxCount: 100, maxBytes: 1_000);
        window.Enter(999);
        Assert.True(window.WaitForRoom(TimeSpan.Zero));
        window.Enter(1);
        Assert.False(window.WaitForRoom(TimeSpan.Zero));
        window.Exit(1);
        Assert.True(window.WaitForRoom(TimeSpan.Zero));
    }

    [Fact]
    public async Task An_answer_wakes_who_waits_for_room_or_for_the_end()
    {
        var window = new ReceiveWindow(maxCount: 1, maxBytes: 1_000);
        window.Enter(1);
        var room = WaitOnThread(() => window.WaitForRoom(TimeSpan.FromHours(1)));
        var empty = WaitOnThread(() => window.WaitUntilEmpty(TimeSpan.FromHours(1), TimeProvider.System));
        foreach (var (thread, _) in new[] { room, empty })
            await Waiting.UntilAsync(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

        window.Exit(1);

        Assert.True(await room.Result.WaitAsync(Waiting.Limit, TestContext.Current.CancellationToken));
        Assert.True(await empty.Result.WaitAsync(Waiting.Limit, TestContext.Current.CancellationToken));
    }

    // A thread says of itself that it waits, which a task does not.
    private static (Thread Thread, Task<bool> Result) WaitOnThread(Func<bool> wait)
    {
        var result = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => result.SetResult(wait())) { IsBackground = true };
        thread.Start();
        return (thread, result.Task);
    }
}
