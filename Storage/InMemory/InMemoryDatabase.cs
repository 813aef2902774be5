using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Deliveries;
using Tributary.Storage.Failures;
using Tributary.Storage.Generations;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Held;
using Tributary.Storage.InMemory.Reminders;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite;
using Tributary.Storage.Sqlite.PluginTables;

namespace Tributary.Storage.InMemory;

/// <summary>
/// The data that survives a restart: a new <see cref="InMemoryStore"/> over the same database is a new process. One
/// operation at a time uses it; the lock is only for callers on several threads.
/// </summary>
public sealed class InMemoryDatabase(TimeProvider time, int partitionCount = 256)
{
    private InMemoryProcessing? processing;
    private SqliteConnection? pluginConnection;

    internal Lock Gate { get; } = new();

    internal TimeProvider Time { get; } = time;

    internal StoreFacts Facts { get; } = new(Guid.NewGuid(), partitionCount);

    /// <summary>See <see cref="JoinRequest.Cluster"/>.</summary>
    internal string? Cluster { get; set; }

    internal Dictionary<SiloId, InMemorySilo> Silos { get; } = [];

    /// <summary>The highest id of a silo so far: no two silos ever have the same.</summary>
    internal long LastSilo { get; set; }

    internal SiloId?[] Partitions { get; } = new SiloId?[partitionCount];

    /// <summary>By partition, the dead silo that its owner took it from; null when it had no owner.</summary>
    internal SiloId?[] TakenFrom { get; } = new SiloId?[partitionCount];

    internal long LastTransaction { get; set; }

    /// <summary>Transactions that have a number and have not ended: nothing of them is visible.</summary>
    internal SortedSet<long> OpenTransactions { get; } = [];

    /// <summary>See <see cref="StoredDefinitions.Version"/>.</summary>
    internal long DefinitionsVersion { get; set; }

    /// <summary>In the order of their positions.</summary>
    internal List<StoredMessage> MessageRows { get; } = [];

    internal Dictionary<MessageId, StoredMessage> MessagesById { get; } = [];

    internal Dictionary<(StateTable Table, RoundGrainId Grain), LoadedState> StateRows { get; } = [];

    internal SortedDictionary<AggregateKey, LoadedState> AggregateRows { get; } = new(AggregateOrder.Instance);

    internal SortedDictionary<ReminderMark, ReminderRow> ReminderRows { get; } = new(ReminderOrder.Instance);

    internal Dictionary<(RoundGrainId Grain, string Name), ReminderMark> ReminderMarks { get; } = [];

    internal Dictionary<(string Source, UInt128 Fingerprint), DeliveryStart> DeliveryStartRows { get; } = [];

    internal Dictionary<GrainStateKey, StoredGrainState> GrainStateRows { get; } = [];

    internal Dictionary<(string Grain, string Name), GrainReminder> GrainReminderRows { get; } = [];

    /// <summary>Which silo noted the last start of an activity, by its row.</summary>
    internal Dictionary<ReminderMark, SiloId> Starters { get; } = [];

    internal SortedDictionary<long, DeferredCall> DeferredRows { get; } = [];

    internal Dictionary<Guid, FailureRow> FailureRows { get; } = [];

    internal SortedDictionary<long, HeldCall> HeldCallRows { get; } = [];

    /// <summary>Held reminders are in none of the other lists of reminders.</summary>
    internal Dictionary<(RoundGrainId Grain, string Name), HeldReminder> HeldReminderRows { get; } = [];

    internal Dictionary<
        (PartitionId Partition, ExternalKey Key),
        (KnownMessage Message, int Day)
    > ExternalIdRows { get; } = [];

    /// <summary>Rows as a version before schema version 5 would have left them.</summary>
    internal Dictionary<(PartitionId Partition, ExternalKey Key),
        (KnownMessage Message, int Day)> UnscopedExternalIdRows { get; } = [];

    /// <summary>In the order of positions.</summary>
    internal List<FoldedTally> FoldedTallies { get; } = [];

    internal List<DefinitionRow> DefinitionRows { get; } = [];

    /// <summary>The pointers of indexed paths; the id of a path is its place, from 1.</summary>
    internal List<string> IndexedPointers { get; } = [];

    /// <summary>The ids of the paths whose values silos extract.</summary>
    internal HashSet<int> FedPathIds { get; } = [];

    internal List<IndexedSpan> IndexedSpanRows { get; } = [];

    /// <summary>The indexed values of each of <see cref="MessageRows"/>.</summary>
    internal List<IReadOnlyList<IndexedValue>> IndexedRows { get; } = [];

    /// <summary>Below it nothing can appear any more.</summary>
    internal Position Horizon =>
        Position.Of(OpenTransactions.Count > 0 ? OpenTransactions.Min : LastTransaction + 1, 0);

    /// <summary>Transactions that begin from now on write from this position on.</summary>
    internal Position Next => Position.Of(LastTransaction + 1, 0);

    internal SqliteConnection PluginConnection
    {
        get
        {
            if (pluginConnection is null)
            {
                pluginConnection = new SqliteConnection(":memory:", readOnly: false);
                SqlitePluginSession.Create(pluginConnection);
            }

            return pluginConnection;
        }
    }

    internal InMemoryProcessing Processing => processing ??= new InMemoryProcessing(this);

    /// <summary>Called with every round as it becomes durable; may be null.</summary>
    public Action<RoundCommit, CommitOutcome.Committed>? Committed { get; set; }

    /// <summary>All messages in the order of their positions, as a copy.</summary>
    public IReadOnlyList<StoredMessage> Messages => Copy(() => MessageRows.ToList());

    /// <summary>All reminders in their order, as a copy.</summary>
    public IReadOnlyList<ReminderRow> Reminders => Copy(() => ReminderRows.Values.ToList());

    /// <summary>All deferred calls in their order, as a copy.</summary>
    public IReadOnlyList<DeferredCall> DeferredCalls => Copy(() => DeferredRows.Values.ToList());

    /// <summary>All held calls in their order, as a copy.</summary>
    public IReadOnlyList<HeldCall> HeldCalls => Copy(() => HeldCallRows.Values.ToList());

    /// <summary>All held reminders and activities, as a copy.</summary>
    public IReadOnlyList<HeldReminder> HeldReminders => Copy(() => HeldReminderRows.Values.ToList());

    /// <summary>All definitions by id, as a copy.</summary>
    public IReadOnlyList<DefinitionRow> Definitions => Copy(() => DefinitionRows.ToList());

    /// <summary>All failures in the order of their ids, as a copy.</summary>
    public IReadOnlyList<FailureRow> Failures => Copy(() => FailureRows.Values.OrderBy(row => row.Id).ToList());

    /// <summary>All parts in the order of their messages' positions, then of the plugins' names, as a copy.</summary>
    public IReadOnlyList<StoredPart> Parts => Copy(() => Processing.Pending.Values.SelectMany(parts => parts).ToList());

    /// <summary>All entries of the failure feed in their order, as a copy.</summary>
    public IReadOnlyList<RaisedFailure> Raised => Copy(() => Processing.Raised.ToList());

    /// <summary>All records by generation, item and key, as a copy.</summary>
    public IReadOnlyList<StoredRecord> Records => Copy(() => Processing.Records.Values.ToList());

    /// <summary>All outcomes by message, as a copy.</summary>
    public IReadOnlyDictionary<Position, IReadOnlyList<Outcome>> Outcomes =>
        Copy(() =>
            Processing.Outcomes.ToDictionary(
                row => new Position(row.Key), IReadOnlyList<Outcome> (row) => [.. row.Value]));

    /// <summary>
    /// The spans of all indexed paths, as a copy: every message from the first position (inclusive) to the second
    /// (exclusive; null: for now) has its value at the path in the index.
    /// </summary>
    public IReadOnlyList<(int Path, Position Since, Position? Until)> IndexedSpans =>
        Copy(() => IndexedSpanRows.ConvertAll(static span => (span.Path, span.Since, span.Until)));

    /// <summary>The values of the index by message, as a copy.</summary>
    public IReadOnlyDictionary<MessageId, IReadOnlyList<IndexedValue>> IndexedValues => Copy(() =>
        MessageRows.Zip(IndexedRows).ToDictionary(static pair => pair.First.Id, static pair => pair.Second));

    /// <summary>All states, as a copy.</summary>
    public IReadOnlyDictionary<(StateTable Table, RoundGrainId Grain), LoadedState> States =>
        Copy(() => new Dictionary<(StateTable Table, RoundGrainId Grain), LoadedState>(StateRows));

    /// <summary>
    /// Declares a silo dead, as another silo would: its next commit is fenced, and its partitions can be taken. False
    /// when the silo was dead already, or never existed.
    /// </summary>
    public bool DeclareDead(SiloId silo)
    {
        lock (Gate)
        {
            if (!Silos.TryGetValue(silo, out var row) || row.IsDead)
                return false;
            return row.IsDead = true;
        }
    }

    /// <summary>The silos that are not declared dead.</summary>
    public IReadOnlyList<LivingSilo> LivingSilos()
    {
        lock (Gate)
        {
            return [.. Silos.Values.Where(static row => !row.IsDead).OrderBy(static row => row.Id.Value)
                .Select(static row => new LivingSilo(row.Id, row.Address, row.Round, row.IsHeld, row.IsLeaving)
                {
                    IsCordoned = row.IsCordoned,
                })];
        }
    }

    /// <summary>Marks a silo as leaving; false when it is dead.</summary>
    public bool BeginLeave(SiloId silo)
    {
        lock (Gate)
            return Silos.TryGetValue(silo, out var row) && !row.IsDead && (row.IsLeaving = true);
    }

    /// <summary>Notes whether partitions may be placed on a silo.</summary>
    public CordonOutcome Cordon(SiloId silo, bool isCordoned)
    {
        lock (Gate)
        {
            if (!Silos.TryGetValue(silo, out var row) || row.IsDead)
                return CordonOutcome.NotFound;
            if (isCordoned && !Silos.Values.Any(other =>
                other != row && other is { IsDead: false, IsLeaving: false, IsCordoned: false }))
                return CordonOutcome.LastSilo;
            row.IsCordoned = isCordoned;
            return CordonOutcome.Noted;
        }
    }

    /// <summary>The living silo that owns a partition, or null.</summary>
    public SiloId? OwnerOf(PartitionId partition)
    {
        lock (Gate)
            return Partitions[partition.Value] is { } owner && !Silos[owner].IsDead ? owner : null;
    }

    /// <summary>True until the silo has left or was declared dead.</summary>
    public bool IsAlive(SiloId silo)
    {
        lock (Gate)
            return Silos.TryGetValue(silo, out var row) && !row.IsDead;
    }

    /// <summary>Begins a transaction, which has its number from now on.</summary>
    internal long BeginTransaction()
    {
        lock (Gate)
        {
            OpenTransactions.Add(++LastTransaction);
            return LastTransaction;
        }
    }

    /// <summary>The transaction is durable, or nothing of it ever is.</summary>
    internal void EndTransaction(long transaction)
    {
        lock (Gate)
            OpenTransactions.Remove(transaction);
    }

    /// <summary>Adds a message of a transaction that may have begun before others that are durable.</summary>
    internal void Add(StoredMessage message, IReadOnlyList<IndexedValue> indexed)
    {
        var index = FirstAtOrAbove(message.Position.Value);
        MessageRows.Insert(index, message);
        IndexedRows.Insert(index, indexed);
        MessagesById.Add(message.Id, message);
    }

    /// <summary>The index of the first message at or above a position, by bisection.</summary>
    internal int FirstAtOrAbove(long position)
    {
        var (low, high) = (0, MessageRows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (MessageRows[middle].Position.Value < position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private T Copy<T>(Func<T> copy)
    {
        lock (Gate)
            return copy();
    }

    private sealed class AggregateOrder : IComparer<AggregateKey>
    {
        public static AggregateOrder Instance { get; } = new();

        public int Compare(AggregateKey x, AggregateKey y)
        {
            var order = x.Generation.CompareTo(y.Generation);
            if (order == 0)
                order = x.WindowStartMs.CompareTo(y.WindowStartMs);
            return order != 0 ? order : Utf8Order.Compare(x.Group, y.Group);
        }
    }
}
