using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Tributary.TestingHost;
using Tributary.TestingHost.Postgres;

namespace Tributary.Silo.Tests.Running;

/// <summary>
/// Real processes whose database, or whose server's log, lies on a small disk that is filled and freed again: messages
/// are refused, the process lives, nothing acknowledged is lost, and it goes on by itself.
/// </summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int MaxPostsCount = 5_000;
    private const int RefusalsInARowCount = 10;
    private const int BodyBytes = 20_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_refuses_messages_while_its_disk_is_full_and_takes_them_again()
    {
        await using var disk = await SmallDisk.MountAsync(24 << 20);
        await using var server = await TributaryProcess.StartNewAsync(environment: null, [], Cancellation, disk.Path);
        await GoThroughAsync(server, () => disk.Fill(), () => FreeAsync(disk), readsGoOn: true);
    }

    [Fact]
    public async Task PostgreSQL_whose_tables_have_no_room_refuses_messages_and_takes_them_again()
    {
        await using var disk = await SmallDisk.MountAsync(32 << 20);
        await using var cluster = await PostgresCluster.StartNewAsync();
        var connection = await cluster.CreateDatabaseAsync(disk.Path);
        await using var server = await TributaryProcess.StartNewAsync(
            null, ["--database", "postgres", "--connection", connection], Cancellation);
        await GoThroughAsync(server, () => disk.Fill(), () => FreeAsync(disk), readsGoOn: true);
    }

    [Fact]
    public async Task PostgreSQL_whose_log_has_no_room_is_away_until_it_has()
    {
        await using var disk = await SmallDisk.MountAsync(32 << 20);
        await using var cluster = await PostgresCluster.StartNewAsync(disk.Path);
        var connection = await cluster.CreateDatabaseAsync();
        await using var server = await TributaryProcess.StartNewAsync(
            null, ["--database", "postgres", "--connection", connection], Cancellation);
        await GoThroughAsync(
            server, () => disk.Fill(), async () =>
            {
                disk.Free();
                // The server ends when its log cannot grow; its operator starts it again.
                await cluster.EnsureStartedAsync();
            },
            readsGoOn: false);
    }

    [Fact]
    public async Task A_start_on_a_full_disk_waits_for_room()
    {
        await using var disk = await SmallDisk.MountAsync(24 << 20);
        await using var server = await TributaryProcess.StartNewAsync(environment: null, [], Cancellation, disk.Path);
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, 0)).Status);
        await server.KillAsync(Cancellation);
        disk.Fill();

        var starting = server.StartAsync(Cancellation);
        // Whether the log still has room for the little that a start writes is not said: it waits, or it is ready. It
        // does not end.
        await UntilAsync(
            () =>
                Task.FromResult(
                    starting.IsCompleted
                        || server.Output.Contains("trying again", StringComparison.Ordinal)
                        || server.Output.Contains("until there is", StringComparison.Ordinal)),
            "neither waits nor is ready");
        Assert.False(server.HasExited, server.Output);
        disk.Free();
        await starting;
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, 1)).Status);
        Assert.Equal(2, (await StoredMessages.ReadAllAsync(http, Cancellation)).Count);
    }

    [Fact]
    public async Task Content_beyond_the_scratch_folder_waits_or_fails_alone_and_the_database_beside_it_goes_on()
    {
        await using var disk = await SmallDisk.MountAsync(32 << 20);
        var content = Directory.CreateTempSubdirectory("tributary-content-");
        try
        {
            foreach (var name in new[] { "a", "b", "c" })
                await File.WriteAllBytesAsync(Path.Combine(content.FullName, name), new byte[8 << 20], Cancellation);
            await File.WriteAllBytesAsync(Path.Combine(content.FullName, "huge"), new byte[40 << 20], Cancellation);
            var config = Path.Combine(content.FullName, "tributary.yaml");
            await File.WriteAllTextAsync(
                config, $$$"""
                broker: {type: rest}
                message: {fields: {uuid: {key: id}, data_location: {key: path} }}
                data_store: {type: disk, root: '{{{content.FullName}}}'}
                active_plugins: [hashes]
                processing: {scratch: '{{{disk.Path}}}/scratch', scratch_bytes: {{{12 << 20}}},
                  scratch_reserve_bytes: {{{4 << 20}}}}
                """, Cancellation);
            await using var server = await TributaryProcess.StartNewAsync(
                environment: null, ["--config", config], Cancellation, disk.Path);
            using var http = new HttpClient { BaseAddress = server.Address };
            foreach (var name in new[] { "huge", "a", "b", "c" })
                Assert.Equal(
                    HttpStatusCode.Accepted,
                    (await SendAsync(http, name, $$"""{"id":"{{name}}","path":"{{name}}"}""")).Status);

            await UntilAsync(async () =>
            {
                var ledger = await StoredMessages.ReadAsync(http, "api/v1/ledger", Cancellation);
                Assert.False(server.HasExited, server.Output);
                return ledger.GetProperty("completed").GetInt64() == 3 && ledger.GetProperty("parked").GetInt64() == 1;
            }, "the three files are not processed, or the fourth is not parked");
            var failures = await StoredMessages.ReadAsync(http, "api/v1/failures", Cancellation);
            Assert.Contains("scratch_too_small", failures.GetRawText(), StringComparison.Ordinal);
            Assert.Contains("scratch_too_small", server.Output, StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync(Cancellation));
        }
        finally
        {
            content.Delete(recursive: true);
        }
    }

    private static Task FreeAsync(SmallDisk disk)
    {
        disk.Free();
        return Task.CompletedTask;
    }

    private async Task GoThroughAsync(TributaryProcess server, Action fill, Func<Task> free, bool readsGoOn)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        var acknowledged = new HashSet<string>();
        var refused = new HashSet<int>();
        var number = 0;
        for (; number < 20; number++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, number)).Status);
            acknowledged.Add($"{number}");
        }

        fill();
        for (var inARow = 0; inARow < RefusalsInARowCount; number++)
        {
            Assert.True(number < MaxPostsCount, "The disk is full, and messages are taken all the same.");
            var (status, body) = await AnswerAsync(server, http, number);
            if (status == HttpStatusCode.Accepted)
            {
                acknowledged.Add($"{number}");
                inARow = 0;
                continue;
            }

            Assert.True(status == HttpStatusCode.ServiceUnavailable, $"{(int)status} {body}");
            var code = JsonElement.Parse(body).GetProperty("code").GetString()!;
            Assert.Contains(code, readsGoOn ? ["store_full"] : (string[])["store_full", "store_transient"]);
            refused.Add(number);
            inARow++;
        }

        output.WriteLine($"{acknowledged.Count} acknowledged, {refused.Count} refused.");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "health/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, "health/ready"));
        if (readsGoOn)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "api/v1/ledger?verify=true"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "api/v1/messages?offset=0&limit=1"));
        }

        await free();
        await UntilAsync(async () =>
        {
            Assert.False(server.HasExited, server.Output);
            return (await PostAsync(http, number)).Status == HttpStatusCode.Accepted;
        }, "no message is taken after there is room again");
        acknowledged.Add($"{number}");
        await UntilAsync(
            async () => await StatusAsync(http, "health/ready") == HttpStatusCode.OK, "it is not ready again");
        foreach (var again in refused)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(http, again)).Status);
            acknowledged.Add($"{again}");
        }

        var tags = (await StoredMessages.ReadAllAsync(http, Cancellation))
            .Select(message => message.GetProperty("tag").GetString()!)
            .ToList();
        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.Empty(acknowledged.Except(tags));
        var ledger = await StoredMessages.ReadAsync(http, "api/v1/ledger?verify=true", Cancellation);
        Assert.True(
            ledger.GetProperty("balances").GetBoolean() && ledger.GetProperty("matches").GetBoolean(),
            ledger.GetRawText());
        Assert.Equal(tags.Count, ledger.GetProperty("accepted").GetInt64());
        Assert.Equal(0, await server.StopAsync(Cancellation));
    }

    // A server that ends answers nothing: then what it said is of interest.
    private static async Task<(HttpStatusCode Status, string Body)> AnswerAsync(
        TributaryProcess server, HttpClient http, int number)
    {
        try
        {
            return await PostAsync(http, number);
        }
        catch (HttpRequestException lost)
        {
            throw new InvalidOperationException($"The server did not answer:\n{server.Output}", lost);
        }
    }

    private static Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient http, int number)
    {
        var tag = number.ToString(CultureInfo.InvariantCulture);
        // Digits that no compression makes small.
        var text = new StringBuilder(BodyBytes);
        var random = new Random(number);
        while (text.Length < BodyBytes)
            text.Append(random.NextInt64().ToString("x", CultureInfo.InvariantCulture));
        return SendAsync(http, tag, $$"""{"tag":"{{tag}}","text":"{{text}}"}""");
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient http, string key, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/v1/messages", UriKind.Relative));
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await http.SendAsync(request, Cancellation);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            Assert.NotNull(answer.Headers.RetryAfter);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, $"After {Limit.TotalSeconds} s: {otherwise}.");
            await Task.Delay(50, Cancellation);
        }
    }
}
