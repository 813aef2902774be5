using Tributary.Storage.Aggregates;
using Tributary.Storage.Deliveries;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Failures;
using Tributary.Storage.Folds;
using Tributary.Storage.Generations;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Held;
using Tributary.Storage.InMemory.Aggregates;
using Tributary.Storage.InMemory.Deliveries;
using Tributary.Storage.InMemory.ExternalIds;
using Tributary.Storage.InMemory.Failures;
using Tributary.Storage.InMemory.Folds;
using Tributary.Storage.InMemory.Generations;
using Tributary.Storage.InMemory.GrainStates;
using Tributary.Storage.InMemory.Held;
using Tributary.Storage.InMemory.Indexing;
using Tributary.Storage.InMemory.Items;
using Tributary.Storage.InMemory.Ledger;
using Tributary.Storage.InMemory.Messages;
using Tributary.Storage.InMemory.PluginTables;
using Tributary.Storage.InMemory.Records;
using Tributary.Storage.InMemory.Reminders;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Items;
using Tributary.Storage.Joins;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.PluginTables;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory;

/// <summary>
/// The store of one process over an <see cref="InMemoryDatabase"/>: deterministic, without threads or time of its own.
/// Faults decide over every operation. The store is stricter than the databases: see <see cref="InMemoryRound"/>.
/// </summary>
public sealed class InMemoryStore : IStore
{
    private readonly InMemoryDatabase database;
    private readonly InMemoryGate gate;
    private readonly IStoreFaults faults;
    private RoundCommit? late;
    private InMemorySilo? joined;

    // Silos with higher ids belong to this process, also when it never learned that it had joined.
    private long? lastBefore;
    private bool isAfterCrash;

    public InMemoryStore(InMemoryDatabase database, IStoreFaults? faults = null)
    {
        this.database = database;
        this.faults = faults ?? new ScriptedFaults();
        gate = new InMemoryGate(database, this.faults, Crash);
        Ledger = new InMemoryLedger(database, gate);
        Messages = new InMemoryMessages(database, gate, Ledger);
        Items = new InMemoryItems(database, gate);
        Aggregates = new InMemoryAggregates(database, gate);
        Records = new InMemoryRecords(database, gate);
        Failures = new InMemoryFailures(database, gate);
        Reminders = new InMemoryReminders(database, gate);
        Generations = new InMemoryGenerations(database, gate);
        ExternalIds = new InMemoryExternalIds(database, gate);
        DeliveryStarts = new InMemoryDeliveryStarts(database, gate);
        Folds = new InMemoryFolds(database, gate);
        GrainStates = new InMemoryGrainStates(database, gate);
        GrainReminders = new InMemoryGrainReminders(database, gate);
        PluginTables = new InMemoryPluginTables(database, gate);
        Held = new InMemoryHeldReads(database, gate);
    }

    public IMessageReads Messages { get; }

    public IItemReads Items { get; }

    public IAggregateReads Aggregates { get; }

    public IRecordReads Records { get; }

    public IFailureReads Failures { get; }

    public IReminderReads Reminders { get; }

    public ILedgerReads Ledger { get; }

    public IGenerations Generations { get; }

    public IExternalIds ExternalIds { get; }

    public IDeliveryStarts DeliveryStarts { get; }

    public IFolds Folds { get; }

    public IGrainStates GrainStates { get; }

    public IGrainReminders GrainReminders { get; }

    public IPluginTables PluginTables { get; }

    public IHeldReads Held { get; }

    /// <summary>The incarnation that joined last, or null.</summary>
    public SiloId? Joined => joined?.Id;

    /// <summary>True after <see cref="Crash"/> or disposal.</summary>
    public bool HasCrashed => gate.IsClosed;

    /// <summary>
    /// The process dies: every later operation of this store throws, and another store can join at once.
    /// </summary>
    public void Crash()
    {
        lock (database.Gate)
        {
            gate.IsClosed = true;
            late = null;
            if (joined is not null)
                joined.IsHeld = false;
        }
    }

    public ValueTask<StoreFacts> OpenAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Open, () => database.Facts);

    public ValueTask<Incarnation> JoinAsync(JoinRequest request, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Join, () => Join(request));

    public async ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation)
    {
        var operation = gate.Begin(StoreCall.Commit);
        var fate = await faults.BeforeAsync(operation);
        if (gate.IsClosed || fate == StoreFate.CrashBefore)
        {
            Crash();
            return new CommitOutcome.Unknown(InMemoryGate.Crashed());
        }

        if (fate is StoreFate.Fail or StoreFate.HappenLate)
        {
            late = fate == StoreFate.HappenLate ? round : null;
            return new CommitOutcome.Unknown(InMemoryGate.Lost(operation));
        }

        if (fate == StoreFate.Full)
            return new CommitOutcome.Full(new StoreException(StoreFault.Full, "The disk is full by a scripted fault."));

        var outcome = fate == StoreFate.Reject
            ? new CommitOutcome.Rejected(new RefusedRoundException("The round was refused by a scripted fault."))
            : await CommitAsync(round, operation, isFenced: fate != StoreFate.PassFence);
        if (fate == StoreFate.CrashAfter)
            Crash();
        else
            await faults.AfterAsync(operation);

        if (gate.IsClosed)
            return new CommitOutcome.Unknown(InMemoryGate.Crashed());
        return fate == StoreFate.LoseAnswer ? new CommitOutcome.Unknown(InMemoryGate.Lost(operation)) : outcome;
    }

    public ValueTask<RoundResolution> ResolveAsync(SiloId silo, long round, CancellationToken cancellation) =>
        gate.RunAsync<RoundResolution>(StoreCall.Resolve, () =>
        {
            if (late is { } commit)
            {
                late = null;
                Commit(commit);
            }

            if (!database.Silos.TryGetValue(silo, out var row))
                throw Incarnations.Forgotten(silo);
            if (row.Round == round)
            {
                return new RoundResolution.Applied(row.Transaction, database.Time.GetUtcNow())
                {
                    Owned = InMemoryPartitions.OwnedBy(database, silo),
                };
            }

            return row.IsDead ? new RoundResolution.Dead() : new RoundResolution.NotApplied();
        });

    public ValueTask<bool> CheckAsync(SiloId silo, long round, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Check, () =>
            database.Silos.TryGetValue(silo, out var row) && !row.IsDead && row.Round == round);

    public ValueTask<LoadResult> LoadAsync(
        LoadRequest request, CancellationToken cancellation) => gate.RunAsync(StoreCall.Load, () =>
    {
        var result = new LoadResult();
        foreach (var key in request.States)
        {
            if (database.StateRows.TryGetValue(key, out var state))
                result.States[key.Grain] = state;
        }

        foreach (var key in request.ExternalIds)
        {
            if (database.ExternalIdRows.TryGetValue(key, out var row))
                result.ExternalIds[key] = row.Message;
        }

        foreach (var key in request.UnscopedExternalIds)
        {
            if (database.UnscopedExternalIdRows.TryGetValue(key, out var row))
                result.UnscopedExternalIds[key] = row.Message;
        }

        return result;
    });

    public ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until, int limit,
        CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<ReminderRow>>(StoreCall.ReadReminders, () => database.ReminderRows
            .SkipWhile(row => ReminderOrder.Instance.Compare(row.Key, after) <= 0)
            .TakeWhile(row => row.Key.Due <= until)
            .Where(row => partitions is null || partitions.Contains(row.Value.Partition))
            .Take(limit).Select(row => row.Value).ToList());

    public ValueTask<bool> NoteStartsAsync(
        SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.NoteStarts, () => InMemoryStarts.Note(database, silo, notes));

    public ValueTask<DeferredPage> ReadDeferredCallsAsync(
        IReadOnlyList<PartitionId>? partitions, long after, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.ReadDeferredCalls, () => new DeferredPage(
            [.. database.DeferredRows.Values
                .Where(call => call.Sequence > after && (partitions is null || partitions.Contains(call.Partition)))
                .Take(limit)],
            new Snapshot(database.LastTransaction + 1, [.. database.OpenTransactions])));

    public ValueTask<IReadOnlyList<FailureRow>> FindFailuresAsync(
        IReadOnlyList<Guid> ids, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<FailureRow>>(
            StoreCall.ReadHeld, () =>
                [.. ids.Where(database.FailureRows.ContainsKey).Select(id => database.FailureRows[id])]);

    public async ValueTask LeaveAsync(SiloId silo, CancellationToken cancellation) =>
        await gate.RunAsync(StoreCall.Leave, () =>
        {
            InMemoryStarts.TakeBack(database, silo);
            InMemoryPartitions.Release(database, silo);
            database.DeclareDead(silo);
            return true;
        });

    public ValueTask<bool> DeclareDeadAsync(SiloId silo, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => database.DeclareDead(silo));

    public ValueTask<IReadOnlyList<LivingSilo>> ReadSilosAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => database.LivingSilos());

    public ValueTask<bool> BeginLeaveAsync(SiloId silo, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => database.BeginLeave(silo));

    public ValueTask<CordonOutcome> CordonAsync(
        SiloId silo, bool isCordoned, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => database.Cordon(silo, isCordoned));

    public ValueTask<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => InMemoryPartitions.Owners(database));

    public ValueTask<IReadOnlyList<WaitingRows>> CountDeferredAsync(int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<WaitingRows>>(StoreCall.Log, () =>
            [.. database.DeferredRows.Values.Take(limit).CountBy(static row => row.Partition)
                .Select(static counted => new WaitingRows(counted.Key, counted.Value))
                .OrderBy(static waiting => waiting.Partition.Value)]);

    public ValueTask DisposeAsync()
    {
        Crash();
        return default;
    }

    private Incarnation Join(JoinRequest request)
    {
        var stored = database.Cluster;
        ClusterOfDatabase.Check(request, stored);
        var mustBeFree = ClusterOfDatabase.MustBeFree(request, stored);
        foreach (var other in database.Silos.Values)
        {
            if (mustBeFree && !other.IsDead && other.IsHeld && other != joined)
            {
                throw ClusterOfDatabase.InUse(
                    request, stored, $"the silo at '{other.Address}', which is at round {other.Round}");
            }
        }

        database.Cluster = request.Cluster;

        lastBefore ??= database.LastSilo;
        foreach (var other in database.Silos.Values)
        {
            if (other.IsDead || (!mustBeFree && other.IsHeld && other != joined))
                continue;
            isAfterCrash |= other.Id.Value <= lastBefore;
            other.IsDead |= mustBeFree || other == joined;
        }

        late = null;
        joined = new InMemorySilo(new SiloId(++database.LastSilo), request.Address)
        {
            Definitions = database.DefinitionsVersion,
        };
        database.Silos.Add(joined.Id, joined);
        return new Incarnation(joined.Id, database.Time.GetUtcNow())
        {
            Definitions = joined.Definitions, IsAfterCrash = isAfterCrash,
            HasUnscopedExternalIds = database.UnscopedExternalIdRows.Count > 0,
        };
    }

    // In a transaction that stays open for a while, if the faults say so.
    private async ValueTask<CommitOutcome> CommitAsync(RoundCommit round, StoreOperation operation, bool isFenced)
    {
        var open = faults.WhileOpenAsync(operation);
        if (open.IsCompleted)
            return Commit(round, isFenced);
        var transaction = database.BeginTransaction();
        try
        {
            await open;
            return gate.IsClosed
                ? new CommitOutcome.Unknown(InMemoryGate.Crashed()) : Commit(round, isFenced, transaction);
        }
        finally
        {
            database.EndTransaction(transaction);
        }
    }

    private CommitOutcome Commit(RoundCommit round, bool isFenced = true, long? transaction = null)
    {
        lock (database.Gate)
        {
            try
            {
                RoundRules.Check(round);
                foreach (var appended in round.Messages)
                {
                    if (faults.IsPoison(appended.Message.Body))
                        throw new RefusedRoundException(
                            $"The body of message {appended.Message.Id} was refused by a scripted fault.");
                }

                foreach (var record in round.Records)
                {
                    if (faults.IsPoison(record.Json))
                        throw new RefusedRoundException(
                            $"The record '{record.Key}' of item {record.Item} was refused by a scripted fault.");
                }
            }
            catch (RefusedRoundException e)
            {
                return new CommitOutcome.Rejected(e);
            }

            return InMemoryRound.Apply(database, round, isFenced, transaction);
        }
    }
}
