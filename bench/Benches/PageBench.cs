using System.Diagnostics;
using System.Globalization;
using Tributary.Api;
using Tributary.Bench.Http;
using Tributary.Bench.Measures;
using Tributary.Feed;

namespace Tributary.Bench.Benches;

/// <summary>
/// Reads of 100 messages over one connection from 1,000,000 stored ones: the newest page, a page
/// further back, and runs by cursor at the start, in the middle and at the end. The limit is the empty
/// endpoint. The kinds of reads take turns.
/// </summary>
public static class PageBench
{
    private const int StoredCount = 1_000_000;

    /// <summary>One position is kept per this many messages.</summary>
    private const int PlaceEvery = 1_000;

    /// <summary>The number of places at which each kind of cursor reads begins.</summary>
    private const int PlacesCount = 50;

    private const int TurnsCount = 10;

    public static async Task RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        await using var store = await BenchStore.NewAsync(options);
        await using var server = await BenchServer.StartAsync(store);
        var started = Stopwatch.GetTimestamp();
        var places = await StoredMessages.LoadAsync(server.Node.BulkIntake, StoredCount, PlaceEvery, cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"page {options.Store}: {StoredCount} messages loaded in "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));

        var kinds = KindsOf(server.Node, places);
        var connections = await RawConnection.ConnectAsync(server.Port, 1);
        var slice = options.Duration / kinds.Count / TurnsCount;
        var rates = kinds.ToDictionary(kind => kind.Name, _ => new List<double>());
        var latencies = kinds.ToDictionary(kind => kind.Name, _ => new Latencies());
        foreach (var kind in kinds)
            await Load.RunAsync(connections, kind.Requests, kind.Status, TimeSpan.FromSeconds(2), new Latencies());
        for (var turn = 0; turn < TurnsCount; turn++)
        {
            foreach (var kind in kinds)
            {
                cancellation.ThrowIfCancellationRequested();
                var answered = await Load.RunAsync(
                    connections, kind.Requests, kind.Status, slice, latencies[kind.Name]);
                rates[kind.Name].Add(answered.PerSecond);
            }
        }

        connections[0].Dispose();
        Print(options, kinds, rates, latencies);
    }

    private static List<Kind> KindsOf(ApiNode node, Position[] places)
    {
        byte[][] From(int first) =>
            [
                .. places[first..(first + PlacesCount)]
                    .Select(place =>
                        Requests.Get($"/api/v1/messages?after={new Cursor(node.History, place)}&limit=100")),
            ];
        return
        [
            new("empty", [Requests.Get(BareEndpoints.Empty)], 202),
            new("offset 0", [Requests.Get("/api/v1/messages?offset=0&limit=100")], 200),
            new("offset 10000", [Requests.Get("/api/v1/messages?offset=10000&limit=100")], 200),
            new("after start", From(0), 200),
            new("after middle", From((places.Length - PlacesCount) / 2), 200),
            new("after end", From(places.Length - PlacesCount), 200),
        ];
    }

    private static void Print(
        BenchOptions options, List<Kind> kinds, Dictionary<string, List<double>> rates,
        Dictionary<string, Latencies> latencies)
    {
        var limit = Repetitions.Median(rates["empty"]);
        foreach (var kind in kinds.Skip(1))
        {
            var rate = Repetitions.Median(rates[kind.Name]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"page {options.Store}, {kind.Name}: {rate:0} reads/s of 100 messages, limit {limit:0} requests/s, "
                + $"ratio {rate / limit:0.000}, {latencies[kind.Name]}"));
        }

        var costs = kinds.Where(kind => kind.Name.StartsWith("after", StringComparison.Ordinal)).Select(kind =>
            Repetitions.Median(rates[kind.Name])).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"page {options.Store}: by cursor the dearest read costs {costs.Max() / costs.Min():0.00} times the "
            + $"cheapest"));
    }

    private sealed record Kind(string Name, byte[][] Requests, int Status);
}
