using Tributary.Feed;
using Tributary.Storage;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>
/// A subscriber of all messages, at one silo after the other: it goes on by its cursor when its silo has ended, when it
/// was too slow, or when it feels like it. It must get every message that is durable, once and in order.
/// </summary>
internal sealed class FeedReader(ClusterRun run)
{
    private readonly Random random = run.World.Random;
    private readonly Dictionary<(string Source, string Item), long> sequences = [];
    private string cursor = Cursor.Start;
    private Position reached;
    private int count;

    /// <summary>True when everything that is durable was read.</summary>
    public bool IsAtEnd => reached >= run.Log.End;

    public int SubscriptionsCount { get; private set; }

    public async Task RunAsync(CancellationToken leaving)
    {
        while (!leaving.IsCancellationRequested)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(100)));
            if (run.Any() is not { HasStarted: true, Feeds: { } feeds } silo)
                continue;
            try
            {
                await ReadAsync(feeds.Tail, silo.Ended, leaving);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException)
            {
                // It goes on elsewhere.
            }
        }
    }

    /// <summary>What must hold when everything that is durable was read.</summary>
    public void Check() => Hold(
        count == run.Log.Count, $"A subscriber of the feed got {count} of {run.Log.Count} messages.");

    private async Task ReadAsync(FeedTail tail, Task process, CancellationToken leaving)
    {
        SubscriptionsCount++;
        using var subscription = tail.Subscribe(Cursor.Parse(cursor, tail.History));
        var left = run.IsCalm ? int.MaxValue : random.Next(1, 40);
        await foreach (var slice in subscription.ReadAllAsync(leaving))
        {
            foreach (var message in slice.Messages)
            {
                // A process that has ended sends nothing.
                if (process.IsCompleted || subscription.Ended == FeedEnd.TooSlow || left-- == 0)
                    return;
                Take(message);
                if (random.Next(20) == 0)
                    await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(400)));
            }
        }
    }

    private void Take(FeedMessage message)
    {
        Hold(message.Position > reached, $"The feed sent {message.Position} after {reached}.");
        var index = run.Log.CountUpTo(reached);
        Hold(index == count, $"The feed sent {count} messages up to {reached}; {index} are durable there.");
        var (position, row) = run.Log.At(index);
        Hold(
            position == message.Position && row.Id == message.Stored.Id,
            $"The feed sent {message.Position} after {reached} and left out {position}.");
        var before = sequences.GetValueOrDefault((row.Source, row.Item));
        Hold(
            row.ItemSequence == before + 1,
            $"The feed sent message {row.ItemSequence} of {row.Source} {row.Item} after its message {before}.");
        sequences[(row.Source, row.Item)] = row.ItemSequence;
        (reached, cursor) = (message.Position, message.Cursor.ToString());
        count++;
    }

    private static void Hold(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
