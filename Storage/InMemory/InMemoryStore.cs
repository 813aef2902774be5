using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory;

/// <summary>
/// One process's store over an <see cref="InMemoryDatabase"/>: deterministic, without threads or time of its own.
/// Faults decide over every operation. It is stricter than the databases: see <see cref="InMemoryRound"/>.
/// </summary>
public sealed class InMemoryStore : IPartitionStore
{
    private readonly InMemoryDatabase database;
    private readonly InMemoryGate gate;
    private readonly IStoreFaults faults;
    private RoundCommit? late;
    private InMemorySilo? joined;

    // Silos with higher ids are this process's own, also when it never heard that it had joined.
    private int? silosBefore;
    private bool isAfterCrash;

    public InMemoryStore(InMemoryDatabase database, IStoreFaults? faults = null)
    {
        this.database = database;
        this.faults = faults ?? new ScriptedFaults();
        gate = new InMemoryGate(database, this.faults, Crash);
        Log = new InMemoryMessageLog(database, gate);
        Generations = new InMemoryGenerations(database, gate);
        Queries = new InMemoryMessageQueries(database, gate, Log);
        Processing = new InMemoryProcessingQueries(database, gate);
        PluginTables = new InMemoryPluginTables(database, gate);
        Held = new InMemoryHeldWork(database, gate);
        DeliveryStarts = new InMemoryDeliveryStarts(database, gate);
    }

    /// <summary>Reads of what is committed.</summary>
    public IMessageLog Log { get; }

    /// <inheritdoc cref="IGenerations"/>
    public IGenerations Generations { get; }

    /// <summary>Searches of what is committed.</summary>
    public IMessageQueries Queries { get; }

    /// <summary>Reads of what became of messages.</summary>
    public IProcessingQueries Processing { get; }

    /// <summary>Tables that plugins own.</summary>
    public IPluginTables PluginTables { get; }

    /// <inheritdoc/>
    public IHeldWork Held { get; }

    /// <inheritdoc cref="IDeliveryStarts"/>
    public IDeliveryStarts DeliveryStarts { get; }

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
            : Commit(round);
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
                return new RoundResolution.Dead();
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

    public ValueTask<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancellation) => gate.RunAsync(StoreCall.Load, () =>
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

    public ValueTask<IReadOnlyList<DeferredCall>> ReadDeferredCallsAsync(
        IReadOnlyList<PartitionId>? partitions, long after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DeferredCall>>(StoreCall.ReadDeferredCalls, () => database.DeferredRows.Values
            .Where(call => call.Sequence > after && (partitions is null || partitions.Contains(call.Partition)))
            .Take(limit).ToList());

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

    public ValueTask<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Membership, () => InMemoryPartitions.Owners(database));

    public ValueTask DisposeAsync()
    {
        Crash();
        return default;
    }

    private Incarnation Join(JoinRequest request)
    {
        foreach (var other in database.Silos.Values)
        {
            if (request.IsAlone && !other.IsDead && other.IsHeld && other != joined)
            {
                throw new StoreException(
                    StoreFault.Busy,
                    $"The database is in use by the silo at '{other.Address}', which is at round {other.Round}.");
            }
        }

        silosBefore ??= database.Silos.Count;
        foreach (var other in database.Silos.Values)
        {
            if (other.IsDead || (!request.IsAlone && other.IsHeld && other != joined))
                continue;
            isAfterCrash |= other.Id.Value <= silosBefore;
            other.IsDead |= request.IsAlone || other == joined;
        }

        late = null;
        joined = new InMemorySilo(new SiloId(database.Silos.Count + 1), request.Address);
        database.Silos.Add(joined.Id, joined);
        var paths = InMemoryIndexedPaths.Register(database, request.IndexedPaths);
        return new Incarnation(joined.Id, database.Time.GetUtcNow(), paths)
        {
            IsAfterCrash = isAfterCrash, HasUnscopedExternalIds = database.UnscopedExternalIdRows.Count > 0,
        };
    }

    private CommitOutcome Commit(RoundCommit round)
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

            return InMemoryRound.Apply(database, round);
        }
    }
}
