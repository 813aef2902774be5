using System.Diagnostics;
using System.Globalization;
using Tributary.Bench.Http;
using Tributary.Bench.Measures;

namespace Tributary.Bench.Benches;

/// <summary>
/// First the latency from just before a POST to the frame at each subscriber, at a moderate rate, with 1, 50 and 500
/// subscribers. Then the frames delivered per second when messages come as fast as all subscribers take them. The
/// limits are the echo of a bare WebSocket at the same rate, and bare frames to as many sockets.
/// </summary>
public static class FeedBench
{
    private const int PerSecond = 200;
    private const int PostersCount = 16;

    /// <summary>
    /// Messages posted and not yet received by every subscriber, at saturation: fewer than may wait for one subscriber.
    /// </summary>
    private const int AheadCount = 2_000;

    private const int BatchCount = 500;
    private const string FeedPath = "/ws/v1/";
    private static readonly int[] SubscriberCounts = [1, 50, 500];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        await using var server = await BenchServer.StartAsync(store);
        await EchoAsync(server.Port, WarmUp);
        foreach (var subscribersCount in SubscriberCounts)
        {
            cancellation.ThrowIfCancellationRequested();
            await DelayAsync(server, subscribersCount, WarmUp);
            var echo = await EchoAsync(server.Port, options.Duration / 2);
            var delay = await DelayAsync(server, subscribersCount, options.Duration);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"feed {options.Store}, {subscribersCount} subscribers: {PerSecond} msg/s, POST to frame {delay}, "
                + $"limit (echo of a bare WebSocket) {echo}"));
        }

        foreach (var subscribersCount in SubscriberCounts)
        {
            cancellation.ThrowIfCancellationRequested();
            var rounds = new Repetitions();
            await SaturateAsync(server, subscribersCount, WarmUp);
            for (var i = 0; i < Repetitions.Count; i++)
            {
                rounds.Add(
                    await SaturateAsync(server, subscribersCount, options.Duration / Repetitions.Count),
                    await FloodAsync(server.Port, subscribersCount, options.Duration / Repetitions.Count));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"feed {options.Store}, {subscribersCount} subscribers: {rounds.Rate:0} frames/s delivered, limit "
                + $"{rounds.Limit:0} frames/s, {rounds}, {rounds.Rate / subscribersCount:0} msg/s stored meanwhile"));
        }
    }

    private static async Task<Latencies> DelayAsync(BenchServer server, int subscribersCount, TimeSpan duration)
    {
        var latencies = new Latencies();
        var subscribers = await SubscribeAsync(server.Port, FeedPath, subscribersCount);
        var taking = subscribers
            .Select(subscriber => TakeAsync(subscriber, payload => latencies.Add(StampedMessages.SentAt(payload))))
            .ToList();
        var connections = await RawConnection.ConnectAsync(server.Port, PostersCount);
        var posted = 0L;
        var started = Stopwatch.GetTimestamp();
        // Each poster keeps its own pace; a late poster catches up.
        await Task.WhenAll(
            connections.Select(
                (connection, poster) =>
                    Task.Run(async () =>
                    {
                        for (var i = poster; i < duration.TotalSeconds * PerSecond; i += PostersCount)
                        {
                            var wait = TimeSpan.FromSeconds((double)i / PerSecond) - Stopwatch.GetElapsedTime(started);
                            if (wait > TimeSpan.Zero)
                                await Task.Delay(wait);
                            await connection.SendAsync(
                                Requests.Post("/api/v1/messages", "application/json", StampedMessages.New()), 202);
                            Interlocked.Increment(ref posted);
                        }
                    })));
        await UntilAsync(() => subscribers.All(subscriber => subscriber.Count >= posted), taking);
        await EndAsync(subscribers, taking);
        foreach (var connection in connections)
            connection.Dispose();
        return latencies;
    }

    private static async Task<Latencies> EchoAsync(int port, TimeSpan duration)
    {
        var latencies = new Latencies();
        using var subscriber = await RawSubscriber.ConnectAsync(port, BareEndpoints.Echo);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < duration.TotalSeconds * PerSecond; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / PerSecond) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            await subscriber.SendAsync(Requests.TextFrame(StampedMessages.New()));
            while (subscriber.Count <= i)
                await subscriber.ReceiveAsync(payload => latencies.Add(StampedMessages.SentAt(payload)));
        }

        return latencies;
    }

    /// <summary>Frames per second at all subscribers together.</summary>
    private static async Task<double> SaturateAsync(BenchServer server, int subscribersCount, TimeSpan duration)
    {
        var subscribers = await SubscribeAsync(server.Port, FeedPath, subscribersCount);
        var taking = subscribers.Select(subscriber => TakeAsync(subscriber, static _ => { })).ToList();
        var lines = Enumerable.Range(0, BatchCount).SelectMany(_ => StampedMessages.New().Append((byte)'\n')).ToArray();
        var request = Requests.Post("/api/v1/messages/batch", "application/x-ndjson", lines);
        using var connection = await RawConnection.ConnectAsync(server.Port);
        var posted = 0L;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await UntilAsync(
                () => posted - subscribers.Min(subscriber => subscriber.Count) <= AheadCount - BatchCount, taking);
            await connection.SendAsync(request, 200);
            posted += BatchCount;
        }

        await UntilAsync(() => subscribers.All(subscriber => subscriber.Count >= posted), taking);
        if (subscribers.FirstOrDefault(subscriber => subscriber.Count != posted) is { } other)
            throw new InvalidOperationException($"{posted} messages were posted and a subscriber got {other.Count}.");
        var perSecond =
            subscribers.Sum(subscriber => subscriber.Count) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await EndAsync(subscribers, taking);
        return perSecond;
    }

    /// <summary>Frames per second that a bare server sends to as many sockets.</summary>
    private static async Task<double> FloodAsync(int port, int subscribersCount, TimeSpan duration)
    {
        var subscribers = await SubscribeAsync(port, BareEndpoints.Flood, subscribersCount);
        var started = Stopwatch.GetTimestamp();
        var taking = subscribers.Select(subscriber => TakeAsync(subscriber, static _ => { })).ToList();
        await Task.Delay(duration);
        var perSecond =
            subscribers.Sum(subscriber => subscriber.Count) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await EndAsync(subscribers, taking);
        return perSecond;
    }

    private static async Task<RawSubscriber[]> SubscribeAsync(int port, string path, int count)
    {
        var subscribers = new RawSubscriber[count];
        for (var i = 0; i < count; i++)
            subscribers[i] = await RawSubscriber.ConnectAsync(port, path);
        return subscribers;
    }

    private static Task TakeAsync(RawSubscriber subscriber, RawSubscriber.Taken taken) => Task.Run(async () =>
    {
        while (await subscriber.ReceiveAsync(taken))
        {
        }
    });

    private static async Task EndAsync(RawSubscriber[] subscribers, List<Task> taking)
    {
        foreach (var subscriber in subscribers)
            subscriber.Dispose();
        await Task.WhenAll(taking);
    }

    private static async Task UntilAsync(Func<bool> isReached, List<Task> taking)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isReached())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException("Frames are missing a minute after their messages were stored.");
            if (taking.Find(task => task.IsFaulted) is { } faulted)
                await faulted;
            await Task.Delay(1);
        }
    }
}
