using Tributary.Aggregates;
using Tributary.Feed;
using Tributary.Pipeline.Intake;
using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Simulation.Tests.Cluster.Feeds;
using Tributary.Simulation.Tests.Scenarios;
using Tributary.Storage.InMemory;
using Tributary.Storage.Ledger;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// One run: two or three silos over one database, whose partitions come and go, in a world that lies about where they
/// are;
/// then calm, and the checks of what must hold.
/// </summary>
internal sealed class ClusterRun : IPromised, IPlatformRun
{
    private const int PartitionCount = 16;

    private readonly List<ClusterSilo> silos = [];
    private readonly Partitioner partitioner = new(PartitionCount);
    private readonly OwnershipWitness ownership;
    private readonly TimeProvider databaseTime;
    private readonly InMemoryStore reads;
    private readonly FeedReaders readers;
    private readonly List<Task> changes = [];

    // True when the next change of a state is the last thing that its silo does.
    private bool isLast;

    public ClusterRun(int seed, Sabotage sabotage = Sabotage.None)
    {
        World = new SimulationWorld(seed);
        Sabotage = sabotage;
        Ids = new MessageIds(() => (ulong)World.Random.NextInt64());
        databaseTime = World.Time.Skewed(
            TimeSpan.FromSeconds(World.Random.Next(-3600, 3600)), World.Random.Next(-500, 500));
        Database = new InMemoryDatabase(databaseTime, PartitionCount);
        reads = new InMemoryStore(Database);
        ownership = new OwnershipWitness(World, Database, PartitionCount);
        Database.Committed = (round, outcome) =>
        {
            ownership.See(round, outcome);
            Log.See(round, outcome);
            if (isLast && round.States.Exists(static row => row.Grain.Type is "parcel" or AggregateKey.GrainType))
                EndForGood(round.Silo);
        };
        Rules = sabotage == Sabotage.None ? Hints : BrokenRules.Of(sabotage, World.Time);
        FaultRate = World.Random.Next(3) == 0 ? 0 : World.Random.NextDouble() * 0.1;
        Options = Scenario.RandomOptions(World.Random);
        Options.IsAlone = false;
        Options.DeferredPollInterval = TimeSpan.FromMilliseconds(World.Random.Next(20, 2_000));
        MaxOpenTime = TimeSpan.FromMilliseconds(World.Random.Next(2) * World.Random.Next(400));
        FeedOptions = RandomFeedOptions();
        Activities = new Dictionary<string, IActivity>
        {
            [AlarmGrain.Work] = new FlakyWork(World), [ParcelGrain.Deliver] = new DeliverActivity(this),
        };
        for (var i = World.Random.Next(2, 4); i > 0; i--)
            silos.Add(new ClusterSilo(this, silos.Count));
        readers = new FeedReaders(this);
    }

    public SimulationWorld World { get; }

    public InMemoryDatabase Database { get; }

    public Sabotage Sabotage { get; }

    /// <summary>The ids that doors give to messages.</summary>
    public MessageIds Ids { get; }

    public RoundOptions Options { get; }

    public Dictionary<string, IActivity> Activities { get; }

    public FeedOptions FeedOptions { get; }

    public EngineRules Rules { get; }

    public HintWitness Hints { get; } = new();

    public double FaultRate { get; }

    /// <inheritdoc cref="SeededFaults.MaxOpenTime"/>
    public TimeSpan MaxOpenTime { get; }

    /// <summary>What is durable, for the subscribers of feeds.</summary>
    public CommitLog Log { get; } = new();

    public Promises Promises { get; } = new();

    public ItemPromises Items { get; } = new();

    public ParcelPromises Parcels { get; } = new();

    /// <summary>Sheets that desks have taken, for certain.</summary>
    public HashSet<string> SheetsSent { get; } = [];

    /// <summary>Sheets that desks have refused, for certain.</summary>
    public HashSet<string> SheetsRefused { get; } = [];

    public IReadOnlyList<PartitionId> Partitions { get; } =
        [.. Enumerable.Range(0, PartitionCount).Select(id => new PartitionId(id))];

    public IReadOnlyList<ClusterSilo> Silos => silos;

    /// <summary>How often a silo did not hear another one.</summary>
    public int NotHeardCount { get; set; }

    /// <summary>How often readers of messages began or went on.</summary>
    public int SubscriptionsCount => readers.SubscriptionsCount;

    public bool IsCalm { get; private set; }

    public bool IsOver { get; private set; }

    public int CrashCount { get; set; }

    public int StopCount { get; set; }

    public int MovesCount => ownership.MovesCount;

    public int MissesCount => ownership.MissesCount;

    /// <summary>Rows of several calls.</summary>
    public int BundlesCount => ownership.BundlesCount;

    public void Run() => World.Run(async () =>
    {
        foreach (var silo in silos)
            await silo.StartAsync();
        readers.Begin();
        var clients = Enumerable.Range(0, World.Random.Next(1, 5))
            .Select(i => new ClusterClient(this, i).RunAsync()).ToList();
        clients.AddRange(Enumerable.Range(0, World.Random.Next(0, 3)).Select(_ => new Producer(this).RunAsync()));
        clients.AddRange(Enumerable.Range(0, World.Random.Next(0, 3)).Select(_ => new ParcelClient(this).RunAsync()));
        if (World.Random.Next(2) == 0)
            clients.Add(new ClusterDefiner(this).RunAsync());
        var isQuiet = false;
        var trouble = TroubleAsync(() => isQuiet);
        await Task.WhenAll(clients);
        isQuiet = true;
        isLast = FaultRate > 0 && World.Random.Next(2) == 0;
        IsCalm = true;
        foreach (var silo in silos)
            silo.IsCalm = true;
        await trouble;
        await SettleAsync();
        // Nobody ends any more; time moves when the last one has ended.
        isLast = false;
        await World.Delay(TimeSpan.FromMilliseconds(1));
        await SettleAsync();
        await readers.EndAsync();
        ClusterChecks.All(this);
        await ParcelChecks.LedgerBalancesAsync(this);
        IsOver = true;
        foreach (var silo in silos.Where(static silo => !silo.IsGone))
            await silo.Host.StopAsync();
        // A call whose caller has given up may run late, and leave work that waits for the next start.
        if (Database.DeferredCalls.Count == 0 && Database.Reminders.Count == 0)
            ClusterChecks.Stored(this);
    });

    /// <summary>What a silo runs.</summary>
    public RoundGrainTypes TypesOf(ClusterSilo silo) => Build.Next(World.Random, hasOld: false).Types(
        new Observer(
            World, databaseTime, witness: null, () => silo.Host.Silo is { } own && !Database.IsAlive(own)),
        new Jam());

    public bool IsPoison(ReadOnlyMemory<byte> body) => false;

    /// <summary>Where a call for the grain goes: to the owner of its partition, or to somebody else.</summary>
    public ClusterSilo Route(RoundGrainId grain) => Route(partitioner.Of(grain));

    /// <summary>Where a call for the partition goes.</summary>
    public ClusterSilo Route(PartitionId partition)
    {
        var owner = Database.OwnerOf(partition);
        return World.Random.Next(6) != 0 && silos.Find(silo => silo.Host.Silo == owner) is { } known ? known : Any();
    }

    /// <summary>
    /// A silo has left rows of calls for partitions of others. The hint comes soon, late, twice or not at all: to the
    /// owner of that moment, to the one before, or to somebody else.
    /// </summary>
    public void Hint(IReadOnlyList<DeferredCall> rows)
    {
        foreach (var sent in rows.GroupBy(row => row.Partition).ToList())
        {
            var before = OwnerOf(sent.Key);
            for (var left = World.Random.Next(4); left > 0; left--)
                World.Start(() => HintAsync([.. sent], before));
        }
    }

    private async Task HintAsync(IReadOnlyList<DeferredCall> rows, ClusterSilo? before)
    {
        await World.Delay(TimeSpan.FromMilliseconds(World.Random.Next(4) switch
        {
            0 => 0,
            1 => World.Random.Next(5_000),
            _ => World.Random.Next(100),
        }));
        var told = World.Random.Next(6) switch
        {
            0 => Any(),
            1 => before ?? Any(),
            _ => OwnerOf(rows[0].Partition) ?? Any(),
        };
        if (IsOver || !told.HasStarted)
            return;
        if (World.Random.Next(6) == 0)
            told.Host.LookForCalls();
        else
            told.Host.TakeCalls(rows);
    }

    private ClusterSilo? OwnerOf(PartitionId partition)
    {
        var owner = Database.OwnerOf(partition);
        return silos.Find(silo => silo.Host.Silo == owner);
    }

    /// <summary>How many silos say that the partition is theirs, and is.</summary>
    public int HomesOf(PartitionId partition) => silos.Count(
        silo => silo.Host.IsHere(partition) && silo.Host.Silo == Database.OwnerOf(partition));

    /// <summary>Where everything is, for whoever looks for what went wrong.</summary>
    public string Describe() => $"calm {IsCalm}, changes {changes.Count(change => !change.IsCompleted)}, reminders "
        + string.Join("; ", Database.Reminders) + ", deferred calls " + string.Join("; ", Database.DeferredCalls)
        + "\n" + string.Join("\n", Partitions.Select(partition =>
            $"{partition}: owner {Database.OwnerOf(partition)}; " + string.Join(
            ", ", silos.Where(static silo => silo.Host is not null).Select(silo =>
                $"silo {silo.Host.Silo} {silo.Host.StateOf(partition)} {silo.HasStarted}"))));

    /// <summary>The answer to a call by the platform's router, from some silo.</summary>
    public async Task<Answered<T>?> AskAsync<T>(Func<IRoundGrains, ValueTask<T>> ask)
    {
        var silo = Any();
        await World.Delay(TimeSpan.FromMilliseconds(silo.HasStarted ? 0 : 20));
        return silo.HasStarted ? (await ClusterCaller.AskAsync(this, silo, () => ask(silo.Grains))).Answer : null;
    }

    public async Task<LedgerReport?> ReadLedgerAsync() =>
        await reads.Ledger.ReadLedgerAsync(recount: true, CancellationToken.None);

    public ClusterSilo Any() => silos[World.Random.Next(silos.Count)];

    // A silo that does not come back ends with a change of a state that others may watch, and has told nobody of it.
    private void EndForGood(SiloId last)
    {
        isLast = false;
        World.Post(_ => silos.Find(silo => silo.Host.Silo == last)?.EndForGood(), null);
    }

    private FeedOptions RandomFeedOptions() => new()
    {
        // The canary: without a hint the tail never looks.
        PollInterval = Sabotage == Sabotage.LoseHints
            ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(World.Random.Next(50, 2_000)),
        RetryDelay = TimeSpan.FromMilliseconds(20),
        MaxRetryDelay = TimeSpan.FromMilliseconds(500),
        MaxReadCount = World.Random.Next(2) == 0 ? World.Random.Next(1, 6) : 1_000,
        MaxWaitingCount = World.Random.Next(2) == 0 ? World.Random.Next(1, 10) : 1_000,
        // What waits for its turn to replay would leave the world for another thread.
        MaxReplayReadsCount = 1_000,
    };

    private List<PartitionId> Some() =>
        [.. Partitions.Where(_ => World.Random.Next(5) == 0)
            .DefaultIfEmpty(Partitions[World.Random.Next(PartitionCount)])];

    private async Task TroubleAsync(Func<bool> isQuiet)
    {
        while (!isQuiet())
        {
            await World.Delay(TimeSpan.FromMilliseconds(World.Random.Next(5, 400)));
            if (isQuiet())
                break;
            var (some, one, other) = (Some(), Any(), Any());
            switch (World.Random.Next(12))
            {
                // A planned move.
                case 0 or 1 or 2:
                    changes.Add(MoveAsync(some, one));
                    break;

                // Two who both believe that it is theirs.
                case 3 or 4:
                    changes.AddRange([one.TakeAsync(some), other.TakeAsync(some)]);
                    break;

                // A watch that lies, whoever owns them.
                case 5 or 6:
                    changes.Add(one.TakeAsync(some));
                    break;

                // Somebody is asked for what it may not have; it is asked back at once, now and then.
                case 7 or 8:
                    changes.Add(one.GiveAsync(some));
                    if (World.Random.Next(2) == 0)
                        changes.Add(one.TakeAsync(some));
                    break;
                case 9 when FaultRate > 0:
                    one.Crash();
                    break;
                case 10 when one.Host.Silo is { } silo:
                    Database.DeclareDead(silo);
                    break;
                case 11 when World.Random.Next(2) == 0:
                    await one.RestartAsync();
                    break;
            }
        }

        await Task.WhenAll(changes);
    }

    private async Task MoveAsync(List<PartitionId> moved, ClusterSilo to)
    {
        foreach (var from in silos)
            await from.GiveAsync([.. moved.Where(from.Host.IsHere)]);
        await to.TakeAsync(moved);
    }

    // Everything that was set in motion comes to rest.
    private async Task SettleAsync()
    {
        for (var i = 0; Database.Reminders.Count > 0 || Database.DeferredCalls.Count > 0
            || Partitions.Any(partition => HomesOf(partition) != 1); i++)
        {
            if (i > 10_000)
            {
                throw new InvalidOperationException(
                    $"{Database.Reminders.Count} reminders, {Database.DeferredCalls.Count} deferred calls and the "
                    + "partitions never rest: "
                    + string.Join(", ", Partitions.Where(partition => HomesOf(partition) != 1)));
            }

            await World.Delay(TimeSpan.FromMilliseconds(100));
        }
    }
}
