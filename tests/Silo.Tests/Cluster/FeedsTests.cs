using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Pipeline;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Subscribers at one silo of a cluster, and changes by all of them: real processes on one database.</summary>
public sealed class FeedsTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    // With so many, each of two silos owns some, but for one chance in thousands.
    private const int ItemsCount = 16;

    private const string Configuration = """
        broker: {type: rest}
        message: {fields: {uuid: {key: uuid, required: true}, data_location: {key: file}}}
        data_store: {type: disk, root: content}
        retry:
          - {then: retry, step: query, first: 5h, ceiling: 5h, jitter: 0}
        aggregates:
          - name: by-station
            group: [{name: station, pointer: /uuid}]
            measures: [{name: count, kind: count}]
        """;

    private readonly HttpClient http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Items =>
        Enumerable.Range(0, ItemsCount).Select(static item => string.Create(CultureInfo.InvariantCulture, $"s{item}"));

    [Fact]
    public async Task Subscribers_hear_of_changes_by_all_silos_and_by_the_successors_of_those_that_are_killed()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(file, Configuration, Cancellation);
        Directory.CreateDirectory(Path.Combine(folder.Path, "content"));
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var first = await ClusterProcesses.StartAsync(connection, "--config", file);
        await using var second = await ClusterProcesses.StartAsync(connection, "--config", file);
        await ClusterProcesses.UntilSharedAsync(connection, 2);

        await using var socket = await LiveSocket.OpenAsync(first.Address, Cancellation);
        await SubscribeAsync(socket);
        await using var resumed = await LiveSocket.OpenAsync(second.Address, Cancellation);
        await resumed.SubscribeAsync("before", "subscription { messageReceived(after: \"start\") { cursor body } }");

        // Messages to the other silo, whose content is not there: they count, and fail.
        var posted = new List<(string Item, string Message)>();
        foreach (var item in Items)
            posted.Add((item, await PostAsync(second, item, 1)));
        await HearAsync(socket, count: 1, static item => item.GetProperty("failures").GetArrayLength() == 1);
        await Waiting.UntilAsync(() => socket.EventsOf("failures").Count == ItemsCount);

        // The processing alone changes the items.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "content", "data.txt"), "Here.", Cancellation);
        foreach (var (_, message) in posted)
            await RetryAsync(second, message);
        await HearAsync(socket, count: 1, static item => item.GetProperty("failures").GetArrayLength() == 0);

        await second.KillAsync(Cancellation);
        foreach (var item in Items)
            await PostAsync(first, item, 2);
        await HearAsync(socket, count: 2);

        // Partitions move to a silo that nobody listened to before.
        await using var third = await ClusterProcesses.StartAsync(connection, "--config", file);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        foreach (var item in Items)
            await PostAsync(third, item, 3);
        await HearAsync(socket, count: 3);
        Assert.Equal(0, await third.StopAsync(Cancellation));
        foreach (var item in Items)
            await PostAsync(first, item, 4);
        await HearAsync(socket, count: 4);

        // Each message once and in one order, also for a subscriber of the silo that was killed, which goes on here.
        await Waiting.UntilAsync(() => socket.EventsOf("messages").Count >= 4 * ItemsCount);
        var cursor = CursorOf(resumed.EventsOf("before")[^1]);
        await socket.SubscribeAsync(
            "after", $$"""subscription { messageReceived(after: "{{cursor}}") { cursor body } }""");
        await Waiting.UntilAsync(() =>
            resumed.EventsOf("before").Count + socket.EventsOf("after").Count >= 4 * ItemsCount);
        var all = socket.EventsOf("messages").Select(CursorOf).ToList();
        Assert.Equal(4 * ItemsCount, all.Distinct().Count());
        Assert.Equal(all, resumed.EventsOf("before").Concat(socket.EventsOf("after")).Select(CursorOf));
        Assert.Equal(ItemsCount, socket.EventsOf("failures").Count);
        Assert.Empty(socket.Errors);
    }

    [Fact]
    public async Task Subscribers_at_an_API_node_hear_of_changes_by_all_silos_and_after_any_of_them_is_killed()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(file, Configuration, Cancellation);
        Directory.CreateDirectory(Path.Combine(folder.Path, "content"));
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var first = await ClusterProcesses.StartAsync(connection, "--config", file);
        await using var second = await ClusterProcesses.StartAsync(connection, "--config", file);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        await using var api = await ClusterProcesses.StartAsync(connection, "--config", file, "--roles", "api");
        await using var socket = await LiveSocket.OpenAsync(api.Address, Cancellation);
        await SubscribeAsync(socket);

        var count = 0;
        await PostToAllAsync(first);
        // The node listens by way of one of the silos: in the end each has been the one that is gone.
        await second.KillAsync(Cancellation);
        await PostToAllAsync(first);
        await second.StartAsync(Cancellation);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        await PostToAllAsync(second);
        await first.KillAsync(Cancellation);
        await PostToAllAsync(second);
        Assert.Empty(socket.Errors);

        async Task PostToAllAsync(TributaryProcess silo)
        {
            count++;
            foreach (var item in Items)
                await PostAsync(silo, item, count);
            var began = Stopwatch.GetTimestamp();
            await HearAsync(socket, count);
            output.WriteLine(
                $"All states were at the API node after {ClusterProcesses.Since(began).TotalMilliseconds:0} ms.");
        }
    }

    [Fact]
    public async Task A_message_to_one_silo_reaches_a_subscriber_of_another_without_waiting_for_the_poll()
    {
        const int Count = 40;
        var connection = await postgres.Server.CreateDatabaseAsync();
        await using var first = await ClusterProcesses.StartAsync(connection);
        await using var second = await ClusterProcesses.StartAsync(connection);
        await ClusterProcesses.UntilSharedAsync(connection, 2);
        await using var socket = await LiveSocket.OpenAsync(first.Address, Cancellation);
        await socket.SubscribeAsync("messages", "subscription { messageReceived { cursor body } }");
        await UntilSubscribedAsync(socket, second, "messages");

        var times = new List<TimeSpan>();
        for (var i = 0; i < Count; i++)
        {
            var before = socket.EventsOf("messages").Count;
            await PostAsync(second, "s", i);
            var began = Stopwatch.GetTimestamp();
            await Waiting.UntilAsync(() => socket.EventsOf("messages").Count > before);
            times.Add(ClusterProcesses.Since(began));
        }

        times.Sort();
        output.WriteLine(
            $"From the receipt at one silo to the subscriber of the other: {times[Count / 2].TotalMilliseconds:0.0} ms "
            + $"(median of {Count}), {times[^1].TotalMilliseconds:0.0} ms at most.");
    }

    private static async Task SubscribeAsync(LiveSocket socket)
    {
        await socket.SubscribeAsync(
            "messages", "subscription { messageReceived(after: \"start\") { cursor body } }");
        await socket.SubscribeAsync("failures", "subscription { failureRaised(after: \"start\") { cursor } }");
        foreach (var item in Items)
        {
            await socket.SubscribeAsync(
                "item " + item,
                $$"""subscription { itemChanged(id: "{{item}}") { messageCount failures { error } } }""");
            await socket.SubscribeAsync(
                "group " + item,
                $$"""subscription { aggregateChanged(name: "by-station", group: ["{{item}}"]) { count } }""");
        }
    }

    // The newest state of every item and group reaches its subscriber.
    private static async Task HearAsync(LiveSocket socket, int count, Func<JsonElement, bool>? isSo = null)
    {
        foreach (var item in Items)
        {
            await socket.UntilAsync(
                "item " + item, state =>
                    state.GetProperty("messageCount").GetInt32() == count && isSo?.Invoke(state) != false);
            await socket.UntilAsync("group " + item, state => state.GetProperty("count").GetInt32() == count);
        }
    }

    // A subscription without a cursor begins at some moment after it was sent: it is there when it hears of a message.
    private async Task UntilSubscribedAsync(LiveSocket socket, TributaryProcess other, string id)
    {
        for (var i = -1; socket.EventsOf(id).Count == 0; i--)
            await PostAsync(other, "first", i);
        // All that were posted before it was heard have come when a last one has.
        var last = await PostAsync(other, "last", 0);
        Assert.NotEmpty(last);
        await socket.UntilAsync(id, static message =>
            message.GetProperty("body").ToString().Contains("last", StringComparison.Ordinal));
    }

    private async Task<string> PostAsync(TributaryProcess process, string item, int number)
    {
        using var content = new StringContent(
            $$"""{"uuid":"{{item}}","file":"data.txt","number":{{number}}}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(process.Address, "api/v1/messages"))
        {
            Content = content,
            Headers =
            {
                { "Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{item} {number}") },
            },
        };
        using var answer = await http.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        return JsonElement.Parse(text).GetProperty("id").GetString()!;
    }

    private async Task RetryAsync(TributaryProcess process, string message)
    {
        using var answer = await http.PostAsync(
            new Uri(process.Address, $"api/v1/messages/{message}/retry"), null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string CursorOf(JsonElement message) => message.GetProperty("cursor").GetString()!;
}
