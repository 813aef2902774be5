using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Feed;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>A running tail over a log of the test.</summary>
internal sealed class FeedHarness : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public FeedHarness(FeedOptions? options = null, TimeProvider? time = null)
    {
        Tail = new FeedTail(
            Log, History, options ?? new FeedOptions(), time ?? new ManualTime(), NullLogger<FeedTail>.Instance);
        running = Tail.RunAsync(stop.Token);
    }

    public static Guid History { get; } = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    public ListLog Log { get; } = new();

    public FeedTail Tail { get; }

    public void Commit(int count = 1, int bytes = 0)
    {
        Log.Commit(count, bytes);
        Tail.Hint();
    }

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>The numbers of the first <paramref name="count"/> messages that a subscription gives.</summary>
    public static async Task<List<int>> ReadAsync(
        FeedSubscription subscription, int count, CancellationToken cancellation)
    {
        var numbers = new List<int>();
        await foreach (var slice in subscription.ReadAllAsync(cancellation))
        {
            numbers.AddRange(slice.Messages.Select(Number));
            if (numbers.Count >= count)
                break;
        }

        return numbers;
    }

    public static int Number(FeedMessage message) =>
        System.Text.Json.JsonDocument.Parse(message.Body).RootElement.GetProperty("n").GetInt32();
}
