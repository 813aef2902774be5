using System.Text.Json;
using StackExchange.Redis;
using Tributary.TestingHost.Brokers;
using Tributary.TestingHost.Postgres;
using Tributary.TestingHost.Redis;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// Messages from RabbitMQ that refer to files and to metadata in Redis, five plugins, PostgreSQL; while they come, the
/// server is killed and the others restart. In the end every message is completed once, and what was made of them
/// equals an independent recount.
/// </summary>
public sealed class PipelineTests(ITestOutputHelper output)
{
    private const int MessagesCount = 10_000;
    private const int LateCount = 500;
    private const int KillsCount = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_message_is_completed_exactly_once_through_kills_and_restarts()
    {
        var seed = TestRun.Seed;
        output.WriteLine(TestRun.Repeat);
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var contents = Contents.Plan(Path.Combine(folder.Path, "content"), MessagesCount, seed);
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var rabbit = await RabbitMqServer.StartNewAsync();
        await using var redis = await RedisServer.StartNewAsync();
        var config = Path.Combine(folder.Path, "tributary.yaml");
        await File.WriteAllTextAsync(config, Configuration(contents.Folder, rabbit.Port, redis.Port), Cancellation);

        // The last files do not exist yet when their messages are sent.
        var late = contents.Files.TakeLast(LateCount).ToList();
        contents.Write(contents.Files.SkipLast(LateCount));
        await StoreMetadataAsync(redis.Port, contents.Files);

        await using var server = await TributaryProcess.StartNewAsync(
            null,
            ["--config", config, "--database", "postgres", "--connection", await cluster.CreateDatabaseAsync()],
            Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        var publisher = new Publisher(rabbit.Port, "x_sqapi", "q_sqapi");
        var publishing = Task.Run(
            () =>
                publisher.PublishAsync(
                    [.. contents.Files.Select(file => (file.Uuid, $"{file.Uuid}|{file.Path}|"))], Cancellation),
            Cancellation);
        for (var kill = 1; kill <= KillsCount; kill++)
        {
            var mark = MessagesCount * kill / (KillsCount + 2);
            await Ledger.WaitAsync(http, ledger => Ledger.Count(ledger, "completed") >= mark, Cancellation);
            await Task.Delay(random.Next(200), Cancellation);
            await server.KillAsync(Cancellation);
            if (kill == 1)
                await rabbit.RestartAsync();
            if (kill == 2)
                await redis.RestartAsync();
            await server.StartAsync(Cancellation);
        }

        await publishing;
        await Ledger.WaitAsync(
            http, ledger => Ledger.Count(ledger, "completed") >= MessagesCount - LateCount, Cancellation);
        contents.Write(late);
        using var ledger = await Ledger.WaitAsync(
            http, ledger => Ledger.Count(ledger, "completed") >= MessagesCount, Cancellation);
        Assert.Equal(MessagesCount, Ledger.Count(ledger, "accepted"));
        Assert.Equal(0u, await publisher.CountAsync("q_sqapi", Cancellation));
        await new Recount(http, contents.Files).CheckAsync(Cancellation);
    }

    private static string Configuration(string root, int rabbitPort, int redisPort) => $$$"""
        broker: {type: rabbitmq, host: 127.0.0.1, port: {{{rabbitPort}}}, routing_key: q_sqapi,
          exchange_name: x_sqapi, exchange_type: topic, process_delay: 0, requeue: false}
        message:
          parser: {type: string, format: 'uuid|file|metadata', delimiter: '|'}
          mime: {path: 'mime.type', path_separator: ':'}
          fields: {uuid: {key: uuid, required: True}, data_location: {key: file, required: True},
            meta_location: {key: uuid, required: True}, metadata: {key: metadata, required: False}}
        meta_store: {type: redis, host: 127.0.0.1, port: {{{redisPort}}}}
        data_store: {type: disk, root: '{{{root}}}'}
        active_plugins: [datatypes, duplicates, hashes, sizes, exif]
        retry:
          - {step: query, then: retry, first: 1s, factor: 2, ceiling: 2s}
        """;

    private static async Task StoreMetadataAsync(int port, IReadOnlyList<ContentFile> files)
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        foreach (var batch in files.Chunk(1_000))
        {
            await redis
                .GetDatabase()
                .StringSetAsync([
                    .. batch.Select(file => new KeyValuePair<RedisKey, RedisValue>(
                        file.Uuid,
                        JsonSerializer.Serialize(new Dictionary<string, string> { ["mime.type"] = file.MediaType }))),
                ]);
        }
    }
}
