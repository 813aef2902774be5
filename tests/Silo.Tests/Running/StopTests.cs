using System.Diagnostics;

namespace Tributary.Silo.Tests.Running;

public class StopTests
{
    [Fact]
    public async Task A_signal_ends_it_with_0_within_10_seconds_after_it_has_answered_what_is_in_flight()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await TributaryProcess.StartNewAsync(false, cancellation);
        var load = new Load(server.Address);
        using var stop = new CancellationTokenSource();
        var producing = load.RunAsync(8, stop.Token);
        while (load.Acknowledged.Count < 200)
            await Task.Delay(5, cancellation);
        var watch = Stopwatch.StartNew();
        await server.StopAsync(cancellation);
        watch.Stop();

        Assert.Equal(0, server.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        await stop.CancelAsync();
        await producing;

        await server.StartAsync(cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var recount = await Recount.ReadAsync(http);
        // In order means that nothing is stored whose producer was not told so.
        Assert.Equal(load.Acknowledged.Keys.Order(), recount.Stored.Keys.Order());
        Assert.All(recount.Stored.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_stalled_subscriber_and_an_open_batch_do_not_hold_up_the_end()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await TributaryProcess.StartNewAsync(false, cancellation);
        using var feed = new System.Net.WebSockets.ClientWebSocket();
        await feed.ConnectAsync(new Uri($"ws://{server.Address.Authority}/ws/v1/"), cancellation);
        using var batch = new System.Net.Sockets.TcpClient();
        await batch.ConnectAsync(server.Address.Host, server.Address.Port, cancellation);
        await batch.GetStream().WriteAsync(
            "POST /api/v1/messages/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n"u8.ToArray(), cancellation);
        using var reader = new StreamReader(batch.GetStream());
        while (!(await reader.ReadLineAsync(cancellation))!.Contains("\"status\":202", StringComparison.Ordinal))
        {
        }

        var watch = Stopwatch.StartNew();
        await server.StopAsync(cancellation);

        Assert.Equal(0, server.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }
}
