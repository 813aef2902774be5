using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Connectors;
using Tributary.Items;
using Tributary.Pipeline;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Mapping;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Processing;
using Tributary.Replays;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Failures;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Sqlite;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// A silo on SQLite whose items refuse messages as their bodies say: <c>{"refuse":"CODE"}</c> ends with that error,
/// until it is cured; a code that is empty with one that has none. Everything behind the door is real.
/// </summary>
internal sealed class RefusingSilo : IRoundGrains, IPluginHost, IScratch, IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SqliteStore store;
    private readonly MessageIntake door;
    private RoundEngine host = null!;

    private RefusingSilo()
    {
        store = new SqliteStore(new SqliteOptions { DataDirectory = folder.Path, OnFatal = static error =>
            Environment.FailFast("The disk failed.", error) }, TimeProvider.System);
        door = new MessageIntake(this, new ContributionCalculator([]), new MessageIds(static () =>
            (ulong)Random.Shared.NextInt64()), TimeProvider.System, new IntakeOptions());
    }

    public ActivePlugins Active { get; } = new(0, []);

    /// <summary>True once nothing that can be cured is refused any more.</summary>
    public bool IsCured { get; set; }

    public static async Task<RefusingSilo> StartAsync()
    {
        var silo = new RefusingSilo();
        var types = new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains();
        silo.host = new RoundEngine(
            new RoundOptions(),
            silo.store,
            types,
            new Dictionary<string, IActivity> { [ProcessActivity.Name] = silo.NewActivity() },
            RoundEnvironment.System(static error => Environment.FailFast("The silo cannot go on.", error)),
            NullLogger<RoundEngine>.Instance);
        await silo.host.StartAsync();
        return silo;
    }

    public Listener NewListener(string source) => new(door, source, null, null, Task.Delay);

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        host.Grains.GetGrain<TGrain>(key) is IItemGrain item
            ? (TGrain)(IGrainWithStringKey)new RefusingItem(item, this) : host.Grains.GetGrain<TGrain>(key);

    /// <summary>The bodies of messages that were taken.</summary>
    public async Task<List<string>> BodiesAsync() =>
        [.. (await MessagesAsync()).Where(message =>
            message.MediaType != RefusedEnvelope.ContentType).Select(message =>
                Encoding.UTF8.GetString(message.Body.Span))];

    /// <summary>What was refused and is kept, by its bytes.</summary>
    public async Task<Dictionary<string, MessageId>> KeptAsync() => (await MessagesAsync())
        .Where(message => message.MediaType == RefusedEnvelope.ContentType)
        .ToDictionary(message => Encoding.UTF8.GetString(RefusedEnvelope.Read(message.Body.Span).Raw), message =>
            message.Id);

    public async Task<Dictionary<MessageId, StoredPart>> PartsAsync() =>
        (await store.Failures.ReadPartsAsync(new PartFilter(), null, 10_000, CancellationToken.None))
            .Parts.ToDictionary(part => part.Message.Id);

    public async Task RetryAsync(StoredPart part) =>
        await host.Grains.GetGrain<IItemGrain>(part.Item).Retry(new RetryRequest(part.Message.ItemSequence));

    public Task<LedgerReport> LedgerAsync() =>
        store.Ledger.ReadLedgerAsync(recount: true, CancellationToken.None).AsTask();

    public IScratchFile Create(long? length = null) => throw new NotSupportedException("Nothing is fetched here.");

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await store.DisposeAsync();
        folder.Dispose();
    }

    private ProcessActivity NewActivity()
    {
        var options = new ProcessingOptions();
        var services = new ProcessingServices(
            this, new ContentFetcher(null, null, this, options), (id, cancellation) =>
                store.Messages.FindStoredAsync(id, cancellation),
            new MessageMappers(new Dictionary<string, MessageMapper>()),
            new ContributionCalculator([]))
        {
            Offer = request => door.AcceptAsync(request),
        };
        return new ProcessActivity(services, options);
    }

    private async Task<IReadOnlyList<StoredMessage>> MessagesAsync() =>
        (await store.Messages.ReadAfterAsync(Position.Start, 10_000, 100_000_000, CancellationToken.None)).Messages;

    private void Check(IncomingMessage message)
    {
        if (message.Message.MediaType == RefusedEnvelope.ContentType
            || !JsonElement.Parse(message.Message.Body.Span).TryGetProperty("refuse", out var refuse)
                || refuse.GetString() is not { } code)
            return;
        if (DoorRefusals.KindOf(code) != RefusalKind.Final && IsCured)
            return;
        throw code.Length == 0 ? new InvalidOperationException("Something broke.")
            : new TributaryException(code, "As the test wants it.");
    }

    private sealed class RefusingItem(IItemGrain item, RefusingSilo silo) : IItemGrain
    {
        public ValueTask<Receipt> Receive(IncomingMessage message)
        {
            silo.Check(message);
            return item.Receive(message);
        }

        public ValueTask<ItemView?> Read() => item.Read();

        public ValueTask<RetryResult> Retry(RetryRequest request) => item.Retry(request);

        public ValueTask<ParkResult> Park(ParkRequest request) => item.Park(request);

        public ValueTask ApplyReplayed(ReplayedRun run) => item.ApplyReplayed(run);
    }
}
