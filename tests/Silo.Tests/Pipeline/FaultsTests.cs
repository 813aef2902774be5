using System.Collections;
using Tributary.Connectors;
using Tributary.Pipeline.Mapping;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>What one message, plugin, store or broker does to the others when it fails: nothing.</summary>
public sealed class FaultsTests(PeersFixture peers) : IClassFixture<PeersFixture>
{
    private const string Rest = """
        broker: {type: rest}
        message: {fields: {uuid: {key: id}, data_location: {key: path}, meta_location: {key: meta}}}
        retry: [{step: query, then: retry, first: 1s, factor: 1, ceiling: 1s}]

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_complete_by_themselves_when_their_files_and_metadata_have_come()
    {
        const string Stores = """
            data_store: {type: disk, root: '${CONTENT}'}
            meta_store: {type: redis, host: 127.0.0.1, port: '${REDIS_PORT}'}

            """;
        await using var server = await PipelineServer.StartNewAsync(Rest + Stores, await peers.NewEnvironmentAsync());
        await server.PostAsync("""{"id":"late","path":"late.txt","meta":"late-meta"}""");
        await server.WaitAsync("retrying", 1);
        Assert.Equal("query", Assert.Single(await server.FailuresAsync()).GetProperty("step").GetString());

        await server.WriteAsync("late.txt", "hello");
        await WaitForFailureAsync(server, "late-meta");
        await peers.SetAsync("late-meta", """{"owner":"x"}""");

        await server.WaitAsync("completed", 1);
        Assert.Equal(5, (await server.RecordAsync("sizes", "late")).GetProperty("bytes").GetInt32());
        Assert.Empty(await server.FailuresAsync());
    }

    [Fact]
    public async Task A_plugin_that_hangs_delays_no_other_plugin_and_no_other_message()
    {
        const string Main = Rest + """
            data_store: {type: disk, root: '${CONTENT}'}
            plugins: plugins

            """;
        const string Own =
            "exec: {command: /usr/bin/python3, arguments: [slow.py], version: '1', media_types: ['*/*'], workers: "
            + "2}\ntime_limit_seconds: 30\n";
        await using var server = await PipelineServer.StartNewAsync(Main, prepare: main => ExecPrograms.Write(main,
            "slow", Own, ExecPrograms.Hanging));
        await server.WriteAsync("hang.txt", "hang");
        await server.WriteAsync("good.txt", "good");

        await server.PostAsync("""{"id":"hanging","path":"hang.txt"}""");
        for (var i = 0; i < 20; i++)
            await server.PostAsync($$"""{"id":"good-{{i}}","path":"good.txt"}""");

        await server.WaitAsync("completed", 20);
        await server.WaitAsync("parked", 1);
        var failure = Assert.Single(await server.FailuresAsync());
        Assert.Equal("slow", failure.GetProperty("plugin").GetString());
        Assert.StartsWith("plugin_timeout:", failure.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, (await server.RecordAsync("sizes", "hanging")).GetProperty("bytes").GetInt32());
        Assert.True((await server.RecordAsync("slow", "good-19")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Content_that_never_comes_delays_no_other_message()
    {
        await using var store = await ContentServer.StartNewAsync();
        var yaml = Rest + $"data_store: {{type: http, base_url: '{store.Address}', allow: "
            + $"['{new Uri(store.Address).Authority}'], answer_seconds: 20}}\n";
        await using var server = await PipelineServer.StartNewAsync(yaml);

        await server.PostAsync("""{"id":"hanging","path":"hang"}""");
        for (var i = 0; i < 20; i++)
            await server.PostAsync($$"""{"id":"good-{{i}}","path":"good"}""");

        await server.WaitAsync("completed", 20);
        await server.WaitAsync("retrying", 1);
        Assert.Equal("hanging", Assert.Single(await server.FailuresAsync()).GetProperty("item").GetString());
    }

    [Theory]
    [InlineData(3, 30)]
    [InlineData(100, 120)]
    public async Task So_many_messages_run_at_once_as_the_configuration_says(int running, int count)
    {
        await using var store = await ContentServer.StartNewAsync(running);
        var yaml = Rest + $"processing: {{running: {running}}}\ndata_store: {{type: http, base_url: '{store.Address}', "
            + $"allow: ['{new Uri(store.Address).Authority}']}}\n";
        await using var server = await PipelineServer.StartNewAsync(yaml);

        for (var i = 0; i < count; i++)
            await server.PostAsync($$"""{"id":"held-{{i}}","path":"held"}""");

        await server.WaitAsync("completed", count);
        Assert.Equal(running, store.MostHeldCount);
    }

    [Fact]
    public async Task A_stop_under_load_loses_nothing_and_takes_nothing_twice()
    {
        const int Count = 3_000;
        const string Main = """
            broker: {type: rabbitmq, host: 127.0.0.1, port: '${RABBIT_PORT}', queue: q_stop, exchange: x_stop,
              exchange_type: direct, routing_key: q_stop, requeue: true}
            message: {fields: {uuid: {key: id}, data_location: {key: path}}}
            data_store: {type: disk, root: '${CONTENT}'}

            """;
        await using var server = await PipelineServer.StartNewAsync(Main, await peers.NewEnvironmentAsync());
        await server.WriteAsync("a.txt", "hello");
        var publisher = new Publisher(peers.Rabbit.Port, "x_stop", "q_stop");
        var publishing = publisher.PublishAsync(
            [.. Enumerable.Range(0, Count).Select(i => ($"m-{i}", $$"""{"id":"item-{{i}}","path":"a.txt"}"""))],
            Cancellation);
        for (var stop = 1; stop <= 3; stop++)
        {
            using (await Ledger.WaitAsync(
                    server.Http, ledger => Ledger.Count(ledger, "accepted") >= Count * stop / 5, Cancellation))
                Assert.Equal(0, await server.Process.StopAsync(Cancellation));
            await server.Process.StartAsync(Cancellation);
        }

        await publishing;
        await server.WaitAsync("completed", Count);
        Assert.Equal(0u, await publisher.CountAsync("q_stop", Cancellation));
        using var ledger = await Ledger.WaitAsync(
            server.Http, ledger => Ledger.Count(ledger, "accepted") == Count, Cancellation);
        Assert.True(ledger.RootElement.GetProperty("balances").GetBoolean());
        Assert.Equal(0, await server.Process.StopAsync(Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(server.Process.DataDirectory, "scratch")));
    }

    [Fact]
    public async Task What_a_killed_process_left_of_scratch_files_goes_with_the_next_start()
    {
        const string Own =
            "exec: {command: /usr/bin/python3, arguments: [slow.py], version: '1', media_types: ['*/*']}\n";
        const string Main = Rest + "data_store: {type: disk, root: '${CONTENT}'}\nplugins: plugins\n";
        await using var server = await PipelineServer.StartNewAsync(Main, prepare: main =>
            ExecPrograms.Write(main, "slow", Own, ExecPrograms.Hanging));
        var scratch = Path.Combine(server.Process.DataDirectory, "scratch");
        await server.WriteAsync("hang.txt", "hang");
        await server.PostAsync("""{"id":"hanging","path":"hang.txt"}""");
        while (!Directory.EnumerateFiles(scratch, "content-*", SearchOption.AllDirectories).Any())
            await Task.Delay(20, Cancellation);
        var left = Assert.Single(Directory.EnumerateDirectories(scratch));

        await server.Process.KillAsync(Cancellation);
        Assert.True(Directory.Exists(left));
        await server.Process.StartAsync(Cancellation);

        Assert.NotEqual(left, Assert.Single(Directory.EnumerateDirectories(scratch)));
        await server.WriteAsync("hang.txt", "good");
        Assert.Equal(0, await server.Process.StopAsync(Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
    }

    [Fact]
    public async Task A_broker_that_cannot_go_on_ends_the_process()
    {
        using var folder = new TemporaryFolder();
        var config = ConfigLoader.Load(
            null,
            new Hashtable(),
            [new("--data", "data", [folder.Path]), new("--urls", "api.urls", ["http://127.0.0.1:0"], IsList: true)]);
        var broken = new BrokenBroker();
        config = config with
        {
            Pipeline = config.Pipeline with
            {
                Listeners = [new ListenerConfig(broken, new MessageMapper(new MessageMapping()), IsApi: false)],
            },
        };
        await using var app = await SiloApp.StartAsync(config, Cancellation);
        Assert.False(app.Failed.IsCompleted);

        broken.Break();

        Assert.Same(broken.Error, await app.Failed.WaitAsync(Cancellation));
        await app.StopAsync();
    }

    /// <summary>Waits until the only failure is about this: the content has been found.</summary>
    private static async Task WaitForFailureAsync(PipelineServer server, string about)
    {
        while (!(await server.FailuresAsync())
                .Single()
                .GetProperty("error")
                .GetString()!
                .Contains(about, StringComparison.Ordinal))
            await Task.Delay(20, Cancellation);
    }

    private sealed class BrokenBroker : IBroker
    {
        private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception Error { get; } = new InvalidOperationException("Nobody could want to go on with this.");

        public string Name => "broken";

        public BrokerStatus Status { get; } =
            new(IsConnected: false, LastError: null, ReceivedCount: 0, RefusedCount: 0);

        public void Break() => broken.SetException(Error);

        public Task RunAsync(Receive receive, CancellationToken cancellation) => broken.Task;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
