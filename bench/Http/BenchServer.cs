using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Tributary.Api;
using Tributary.Feed;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Generations;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Reports;
using Tributary.Storage;
using Tributary.Storage.Items;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Bench.Http;

/// <summary>
/// A silo with its HTTP server on a loopback port, composed as in the executable, with the bare endpoints
/// that measure limits beside the API.
/// </summary>
public sealed class BenchServer : IAsyncDisposable
{
    private readonly RoundEngine host;
    private readonly CancellationTokenSource feeding = new();
    private readonly Task feed;
    private readonly WebApplication app;
    private long roundsCount;

    private BenchServer(RoundEngine host, ApiNode node, WebApplication app)
    {
        this.host = host;
        this.app = app;
        Node = node;
        feed = Task.Run(() => node.Tail.RunAsync(feeding.Token));
    }

    public ApiNode Node { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>The number of rounds with messages that became durable.</summary>
    public long RoundsCount => Interlocked.Read(ref roundsCount);

    /// <param name="readsOf">Given the store, the messages and items that the API reads instead.</param>
    public static async Task<BenchServer> StartAsync(
        BenchStore store, Func<IStore, (IMessageReads Messages, IItemReads Items)>? readsOf = null)
    {
        var (host, definitions) = await BenchSilo.JoinAsync(store);
        var reads = store.Store;
        var (messages, items) = readsOf?.Invoke(reads) ?? (reads.Messages, reads.Items);
        var tail = new FeedTail(
            reads.Messages, host.Facts.HistoryId, new FeedOptions(), TimeProvider.System,
            NullLogger<FeedTail>.Instance);
        var live = new LiveDefinitions(
            [
                .. definitions.Rows.Select(
                    row => new DefinedGeneration(row.Id, AggregateDefinition.Parse(row.Definition))),
            ],
            definitions.Rows.ToDictionary(row => row.Id, row => row.Generation))
        {
            Fed = definitions.Rows.Select(row => row.Id).ToHashSet(),
        };
        var node = new ApiNode
        {
            Intake = BenchSilo.Door(host.Grains, definitions),
            BulkIntake = BenchSilo.Door(host.BulkGrains, definitions),
            Grains = host.Grains,
            Messages = messages,
            Items = items,
            Aggregates = reads.Aggregates,
            Records = reads.Records,
            Failures = reads.Failures,
            Reminders = reads.Reminders,
            Ledger = reads.Ledger,
            Held = store.Store.Held,
            Cluster = new ClusterReader(
                store.Store, () => host.Facts.PartitionCount,
                static (_, _) => throw new NotSupportedException("The bench asks no silo.")),
            Cordons = new SiloCordons(store.Store, () => null),
            MatcherOf = condition =>
            {
                var matcher = BodyMatcher.Of(condition);
                return body => matcher.Matches(body.Span);
            },
            Tail = tail,
            Live = () => live,
            IsReady = () => host.IsReady,
        };
        var server = new BenchServer(host, node, Build(node));
        host.RoundCommitted = () =>
        {
            Interlocked.Increment(ref server.roundsCount);
            tail.Hint();
        };
        await server.app.StartAsync();
        var address = server
            .app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        server.Port = new Uri(address).Port;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await feeding.CancelAsync();
        await feed;
        await app.StopAsync();
        await app.DisposeAsync();
        await host.StopAsync();
        feeding.Dispose();
    }

    private static WebApplication Build(ApiNode node)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "bench", ContentRootPath = AppContext.BaseDirectory });
        // Each request costs some logging once a provider listens, as in the executable.
        builder
            .Logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole();
        builder.Services.Configure<ConsoleLoggerOptions>(options =>
            options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        builder.Services.AddRouting();
        TributaryApi.Add(builder.Services, node, new ApiOptions { AllowedHosts = ["localhost", "127.0.0.1", "[::1]"] });
        var built = builder.Build();
        BareEndpoints.Use(built);
        TributaryApi.Use(built);
        return built;
    }
}
