using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Storage;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>
/// A subscriber of one state, at one silo after the other, which does what the platform's subscriptions do: it watches,
/// waits until the other silos know, reads, and reads again after each signal and each doubt, and never otherwise. The
/// last state that it reads must be the newest.
/// </summary>
/// <param name="read">Reads the state through its grain; null when there is no answer.</param>
internal sealed class StateReader(
    ClusterRun run, WatchedKey key, Func<ClusterSilo, Task<string?>> read)
{
    private static readonly TimeSpan MaxKnownWait = TimeSpan.FromSeconds(1);

    private readonly Random random = run.World.Random;

    public string? Last { get; private set; }

    public async Task RunAsync(CancellationToken leaving)
    {
        while (!leaving.IsCancellationRequested)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(100)));
            if (run.Any() is not { HasStarted: true, Feeds: { } feeds } silo)
                continue;
            var process = silo.Ended;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(leaving);
            var reading = ReadAsync(silo, feeds, over.Token);
            await Task.WhenAny(reading, process, StayAsync());
            over.Cancel();
            await reading;
        }
    }

    // In the end it stays where it is: going on elsewhere would heal what was missed.
    private async Task StayAsync()
    {
        for (var left = random.Next(1, 20); left > 0 || run.IsCalm; left--)
            await run.World.Delay(run.IsCalm ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(1));
    }

    public override string ToString() => $"subscriber of {key}";

    private async Task ReadAsync(ClusterSilo silo, SiloFeeds feeds, CancellationToken leaving)
    {
        var signal = new Wakeup();
        try
        {
            var end = await feeds.Tail.ReadEndAsync(leaving);
            using var messages = feeds.Tail.Subscribe(end);
            using var watched = feeds.Changes.Watch(
                key, _ => signal.Wake(), run.Sabotage == Sabotage.ForgetDoubts ? static () => { } : signal.Wake);
            var pump = PumpAsync(messages, signal, leaving);
            var known = feeds.Changes.WhenKnown();
            await Task.WhenAny(known, run.World.Delay(MaxKnownWait));
            while (!pump.IsCompleted)
            {
                if (await read(silo) is { } state)
                {
                    Last = state;
                    await signal.WaitAsync(leaving);
                    continue;
                }

                await run.World.Delay(TimeSpan.FromMilliseconds(50));
                leaving.ThrowIfCancellationRequested();
            }

            await pump;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // It goes on elsewhere, or the run is over.
        }
        catch (StoreException)
        {
            // It goes on elsewhere.
        }
    }

    // New messages of an item come by the feed.
    private async Task PumpAsync(FeedSubscription messages, Wakeup signal, CancellationToken leaving)
    {
        try
        {
            await foreach (var slice in messages.ReadAllAsync(leaving))
            {
                if (key.IsItem && slice.Messages.Any(message => message.Stored.Item == key.Name))
                    signal.Wake();
            }
        }
        finally
        {
            signal.Wake();
        }
    }
}
