using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Feed;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>One node in this process: store, engine, grains, the door for messages and the feed's tail.</summary>
public sealed class TributaryNode : IAsyncDisposable
{
    private readonly IPartitionStore store;
    private readonly CancellationTokenSource feedStop = new();
    private readonly Task feed;

    private TributaryNode(SiloHost host, IPartitionStore store, ApiNode api)
    {
        Host = host;
        this.store = store;
        Api = api;
        feed = api.Tail.RunAsync(feedStop.Token);
    }

    public SiloHost Host { get; }

    /// <summary>What the API serves.</summary>
    public ApiNode Api { get; }

    /// <summary>Opens the database, joins, and registers the configured aggregates. Returns when messages are taken.</summary>
    /// <exception cref="StoreException">The database cannot be used.</exception>
    public static async Task<TributaryNode> StartAsync(SiloConfig config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation = default)
    {
        var chosen = ChosenStore.Of(config, time, loggers.CreateLogger<TributaryNode>());
        try
        {
            var activities = new Dictionary<string, IActivity>
            {
                [CutExternalIdsActivity.Name] = new LateActivity(() => new CutExternalIdsActivity(chosen.Log, time, config.Dedupe)),
            };
            var host = new SiloHost(config.Silo, chosen.Store, GrainCatalog.Create(), activities, SiloEnvironment.System(), loggers.CreateLogger<SiloHost>());
            await host.StartAsync(cancellation);
            var log = chosen.Log;
            var rows = await log.RegisterDefinitionsAsync(
                [.. config.Aggregates.Select(definition => new DefinitionProposal(definition.Name, definition.Hash, definition.Json))], cancellation);
            var tail = new FeedTail(log, host.Facts.HistoryId, config.Feed, time, loggers.CreateLogger<FeedTail>());
            host.RoundCommitted = tail.Hint;
            await host.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure();
            return new TributaryNode(host, chosen.Store, Serve(config, host, log, tail, rows, time));
        }
        catch
        {
            await chosen.Store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the feed's subscribers; messages are taken as before.</summary>
    public void StopFeed() => feedStop.Cancel();

    /// <summary>Takes no more, makes durable what was taken, answers it, and leaves.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        StopFeed();
        await feed;
        await Host.StopAsync(cancellation);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static ApiNode Serve(
        SiloConfig config, SiloHost host, IMessageLog log, FeedTail tail, IReadOnlyList<DefinitionRow> rows, TimeProvider time)
    {
        var contributions = ContributionCalculator.For(rows);
        var ids = new MessageIds(() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        var limits = new IntakeOptions { MaxBodyBytes = config.Api.MaxBodyBytes };
        return new ApiNode
        {
            Intake = new Intake(host.Grains, contributions, ids, time, limits),
            BulkIntake = new Intake(host.BulkGrains, contributions, ids, time, limits),
            Grains = host.Grains,
            Log = log,
            Tail = tail,
            Definitions = [.. rows.Select(row => new ActiveDefinition(row.Id, AggregateDefinition.Parse(row.Definition)))],
            GenerationNumbers = rows.ToDictionary(row => row.Id, row => row.Generation),
            IsReady = () => host.IsReady,
        };
    }

    /// <summary>An activity of a store that is open by the time it runs.</summary>
    private sealed class LateActivity(Func<IActivity> create) : IActivity
    {
        public ValueTask<ReadOnlyMemory<byte>> RunAsync(GrainId owner, int attempt, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
            create().RunAsync(owner, attempt, payload, cancellation);
    }
}
