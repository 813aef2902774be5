using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Feed;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage;
using Tributary.Storage.InMemory;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>
/// Work that goes on for as long as the process does is begun again when it fails, or the process ends.
/// </summary>
public sealed class BackgroundWorkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly LogLines lines = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ProcessFault fault;
    private readonly BackgroundWork background;

    public BackgroundWorkTests()
    {
        fault = new ProcessFault(lines.Of<ProcessFault>());
        background = new BackgroundWork(fault, TimeProvider.System, lines.Of<BackgroundWork>());
    }

    [Fact]
    public async Task Work_that_fails_is_begun_again_and_seen()
    {
        var begun = 0;
        var recovered = new TaskCompletionSource();
        var work = background.RunAsync("The work", async token =>
        {
            if (++begun < 3)
                throw new InvalidOperationException("boom");
            recovered.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }, stop.Token);

        await recovered.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(fault.Happened.IsCompleted);
        Assert.Equal(2, lines.All.Count(static line => line.Event == 4002));
        await stop.CancelAsync();
        await work.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, begun);
    }

    [Theory]
    [InlineData(StoreFault.Fatal, true)]
    [InlineData(StoreFault.Busy, true)]
    [InlineData(StoreFault.Transient, false)]
    [InlineData(StoreFault.Full, false)]
    public async Task A_database_that_can_be_used_no_more_ends_the_process_and_one_that_passes_does_not(
        StoreFault kind, bool ends)
    {
        var again = new TaskCompletionSource();
        var begun = 0;
        var work = background.RunAsync("The work", _ =>
        {
            if (++begun == 2)
                again.TrySetResult();
            throw new StoreException(kind, "The database.");
        }, stop.Token);

        var first = await Task.WhenAny(fault.Happened, again.Task)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ends, first == fault.Happened);
        await stop.CancelAsync();
        await work.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.All(lines.All, static line => Assert.NotEqual(4001, line.Event));
    }

    [Fact]
    public async Task Work_that_ends_without_being_told_to_is_a_fault()
    {
        var begun = new SemaphoreSlim(0);
        var work = background.RunAsync("The work", _ =>
        {
            begun.Release();
            return Task.CompletedTask;
        }, stop.Token);

        for (var i = 0; i < 2; i++)
            Assert.True(await begun.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await work.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_tail_of_the_feed_survives_what_no_store_should_throw_and_its_subscribers_stay()
    {
        var reads = new SemaphoreSlim(0);
        var isBroken = false;
        var faults = new ScriptedFaults
        {
            DelayBefore = operation =>
            {
                if (operation.Call == StoreCall.Log)
                    reads.Release();
                return Volatile.Read(ref isBroken) && operation.Call == StoreCall.Log
                    ? throw new InvalidOperationException("boom")
                    : default;
            },
        };
        await using var store = new InMemoryStore(new InMemoryDatabase(TimeProvider.System), faults);
        var facts = await store.OpenAsync(stop.Token);
        var tail = new FeedTail(
            store.Messages,
            facts.HistoryId,
            new FeedOptions { PollInterval = TimeSpan.FromMilliseconds(10) },
            TimeProvider.System,
            NullLogger<FeedTail>.Instance);
        var running = background.RunAsync("The tail", tail.RunAsync, stop.Token);
        using var subscription = tail.Subscribe(Position.Start);
        var slices = subscription
            .ReadAllAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = slices.MoveNextAsync().AsTask();
        await WaitForAsync(reads, 3);

        Volatile.Write(ref isBroken, true);
        await WaitForAsync(reads, 3);
        Volatile.Write(ref isBroken, false);
        await WaitForAsync(reads, 3);
        Assert.False(fault.Happened.IsCompleted);
        Assert.Contains(lines.All, static line => line.Event == 4002);
        Assert.Equal(FeedEnd.None, subscription.Ended);
        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(await next.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(FeedEnd.Stopped, subscription.Ended);
    }

    private static async Task WaitForAsync(SemaphoreSlim reads, int count)
    {
        while (reads.Wait(0, TestContext.Current.CancellationToken))
        {
            // What was read before shows nothing of what follows.
        }

        for (var i = 0; i < count; i++)
            Assert.True(await reads.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Work_that_was_given_up_still_learns_of_the_stop()
    {
        var told = new TaskCompletionSource();
        var work = background.RunAsync("The work", token =>
        {
            if (token.IsCancellationRequested)
                told.SetResult();
            throw new StoreException(StoreFault.Fatal, "Gone.");
        }, stop.Token);

        await fault.Happened.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await work.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(told.Task.IsCompleted);
    }
}
