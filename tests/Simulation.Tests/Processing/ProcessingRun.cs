using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Aggregates;
using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Processing;
using Tributary.Plugins;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage;
using Tributary.Storage.Failures;
using Tributary.Storage.InMemory;
using Tributary.Storage.Records;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Processing;

/// <summary>
/// Messages that need processing, in a process that crashes: their content comes late, plugins fail, the plugins' set
/// changes, the database is slow and loses answers. In the end all is retried, and everything must have counted once.
/// </summary>
internal sealed class ProcessingRun : IPluginHost, IContentStore, IScratch
{
    private const int MessagesCount = 30;
    private const int ItemsCount = 4;
    private static readonly string[] Names = ["a", "b"];

    private readonly SimulationWorld world;
    private readonly InMemoryDatabase database;
    private SeededFaults faults = null!;
    private InMemoryStore store = null!;
    private RoundEngine host = null!;
    private TaskCompletionSource crashed = new();

    public ProcessingRun(int seed)
    {
        world = new SimulationWorld(seed);
        database = new InMemoryDatabase(world.Time, 16);
        Active = new ActivePlugins(1, [.. Names.Select(name => new Flaky(this, name))]);
    }

    public ActivePlugins Active { get; private set; }

    public int CrashCount { get; private set; }

    public int FailureCount { get; private set; }

    public void Run() => world.Run(async () =>
    {
        await StartAsync();
        var producers = Enumerable.Range(0, 3).Select(ProduceAsync).ToList();
        while (!producers.TrueForAll(producer => producer.IsCompleted))
        {
            await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(100, 3_000)));
            if (world.Random.Next(3) == 0)
                Crash(crashed);
            else if (world.Random.Next(2) == 0)
                Active = Active with { Number = Active.Number + 1 };
        }

        await Task.WhenAll(producers);
        faults.IsCalm = true;
        await CompleteAsync();
        await CheckAsync();
    });

    public async ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(50)));
        if (!faults.IsCalm && world.Random.Next(3) == 0)
            throw Failed(new ConnectorException((ConnectorFault)world.Random.Next(3), "content_test", "Not now."));
        return new ContentSource(new MemoryStream(Encoding.UTF8.GetBytes(location)));
    }

    public IScratchFile Create(long? length = null) => throw new NotSupportedException("All content is small.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private T Failed<T>(T failure)
    {
        FailureCount++;
        return failure;
    }

    private async Task StartAsync()
    {
        var process = crashed = new TaskCompletionSource();
        faults = new SeededFaults(world, 0.03, () => Crash(process)) { IsCalm = faults is { IsCalm: true } };
        store = new InMemoryStore(database, faults);
        var options = new ItemOptions { PluginSetNumber = () => Active.Number, Chance = world.Random.NextDouble };
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains(options);
        var processing = new ProcessingOptions { MaxRunningCount = world.Random.Next(1, 8) };
        var services = new ProcessingServices(
            this,
            new ContentFetcher(this, null, this, processing),
            store.Messages.FindStoredAsync,
            new MessageMappers(new Dictionary<string, MessageMapper> { ["test"] = Mapper }),
            new ContributionCalculator([]));
        var activities = new Dictionary<string, IActivity>
        {
            [ProcessActivity.Name] = new ProcessActivity(services, processing),
        };
        host = new RoundEngine(
            new RoundOptions { Lease = TimeSpan.FromSeconds(2), RetryDelay = TimeSpan.FromMilliseconds(5),
            MaxActivitiesCount = world.Random.Next(1, 16) },
            store, types, activities, world.Environment(), NullLogger<RoundEngine>.Instance);
        while (!process.Task.IsCompleted)
        {
            try
            {
                await host.StartAsync();
                return;
            }
            catch (StoreException)
            {
                if (store.HasCrashed)
                    Crash(process);
                else
                    await world.Delay(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private static MessageMapper Mapper { get; } =
        new(
            new MessageMapping
            {
                Fields = new Dictionary<string, MappedField>
                {
                    [MappedField.Uuid] = new("uuid"),
                    [MappedField.DataLocation] = new("file", IsRequired: true),
                },
            });

    private void Crash(TaskCompletionSource process)
    {
        if (!process.TrySetResult())
            return;
        CrashCount++;
        store.Crash();
        host.Abandon();
        world.Start(StartAsync);
    }

    private async Task ProduceAsync(int producer)
    {
        for (var i = 0; i < MessagesCount; i++)
        {
            var text = $$"""{"uuid":"item-{{world.Random.Next(ItemsCount)}}","file":"/{{producer}}-{{i}}"}""";
            var request = new IntakeRequest
            {
                Source = "test",
                Body = Encoding.UTF8.GetBytes(text),
                ExternalId = $"{producer}-{i}",
                Mapper = Mapper,
            };
            while (!await TryAsync(grains =>
                    new MessageIntake(
                        grains,
                        new ContributionCalculator([]),
                        new MessageIds(() => (ulong)world.Random.NextInt64()),
                        world.Time,
                        new IntakeOptions(),
                        this).AcceptAsync(request)))
                await world.Delay(TimeSpan.FromMilliseconds(20));
            await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(200)));
        }
    }

    // False when the process crashed before it answered, or takes no calls.
    private async Task<bool> TryAsync<T>(Func<IRoundGrains, ValueTask<T>> call)
    {
        try
        {
            var process = crashed.Task;
            var answer = AwaitAsync(call(host.Grains));
            return await Task.WhenAny(answer, process) == answer && await answer is not null;
        }
        catch (OverloadedException)
        {
            return false;
        }
        catch (StoreException error) when (error.IsPassing)
        {
            return false;
        }
    }

    // AsTask would leave the world: it continues on the thread pool.
    private static async Task<T> AwaitAsync<T>(ValueTask<T> call) => await call;

    // What is parked is retried, twice at once; what runs comes to its end.
    private async Task CompleteAsync()
    {
        for (var round = 0; ; round++)
        {
            if (round > 2_000)
                throw new InvalidOperationException(
                    "It does not come to rest: "
                    + $"{(await store.Ledger.ReadLedgerAsync(recount: false, CancellationToken.None)).Total}, "
                    + $"{database.Reminders.Count} reminders.");
            await world.Delay(TimeSpan.FromSeconds(30));
            if (!host.IsReady)
                continue;
            var left = await store.Failures.ReadPartsAsync(new PartFilter(), null, 1_000, CancellationToken.None);
            if (left.Parts.Count == 0 && database.Reminders.Count == 0 && database.DeferredCalls.Count == 0)
                return;
            foreach (
                var part in left.Parts.Where(part => part.Part.Status is MessageStatus.Parked or MessageStatus.Skipped))
            {
                var item = host.Grains.GetGrain<IItemGrain>(part.Item);
                var request = new RetryRequest(part.Message.ItemSequence);
                await Task.WhenAll(AwaitAsync(item.Retry(request)), AwaitAsync(item.Retry(request)));
            }
        }
    }

    private async Task CheckAsync()
    {
        var ledger = await store.Ledger.ReadLedgerAsync(recount: true, CancellationToken.None);
        Assert.Equal(ledger.Total, ledger.Recounted);
        Assert.True(ledger.Total.Balances);
        Assert.Equal((3L * MessagesCount, 3L * MessagesCount), (ledger.Total.Accepted, ledger.Total.Completed));
        foreach (var name in Names)
        {
            var state = await AwaitAsync(host.Grains.GetGrain<IAggregateGrain>(Key(name)).Read());
            Assert.Equal(3 * MessagesCount, state!.Count);
            var records = await store.Records.ReadRecordsAsync(
                new RecordQuery(Generation(name), null, null, null, 1_000, 10_000), CancellationToken.None);
            Assert.Equal(3 * MessagesCount, records.Records.Count);
        }
    }

    private static int Generation(string plugin) => plugin == "a" ? 71 : 72;

    private static string Key(string plugin) => new AggregateKey(Generation(plugin), 0, "[]").ToString();

    private sealed class Flaky(ProcessingRun run, string name) : IActivePlugin
    {
        public string Name => name;

        public string Version => "1";

        public int Generation => ProcessingRun.Generation(name);

        public bool Accepts(string mediaType) => true;

        public async ValueTask<PluginRun> RunAsync(PluginContext context, CancellationToken cancellation)
        {
            await run.world.Delay(TimeSpan.FromMilliseconds(run.world.Random.Next(300)));
            if (!run.faults.IsCalm && run.world.Random.Next(4) == 0)
                return run.Failed(
                    new PluginRun(PluginResult.Empty, [], "plugin_failed: It broke.", run.world.Random.Next(2) == 0));
            var record = new PluginRecord("{}"u8.ToArray(), context.Message.Id.ToString());
            return new PluginRun(
                PluginResult.Empty with { Records = [record] },
                [new Contribution(new RoundGrainId(AggregateKey.GrainType, Key(name)), Generation,
                new AggregateDelta(1, []))]);
        }
    }
}
