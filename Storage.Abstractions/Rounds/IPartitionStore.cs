using Tributary.Storage.Failures;
using Tributary.Storage.Generations;
using Tributary.Storage.Held;
using Tributary.Storage.Reminders;

namespace Tributary.Storage.Rounds;

/// <summary>
/// The engine's door to the database: one instance per silo process. <see cref="JoinAsync"/> begins an incarnation;
/// commits of one incarnation are made one after the other, each fenced by the silo's row. Loads and reads may run
/// beside a commit. All methods may throw <see cref="StoreException"/>, which says what kind of fault it was.
/// </summary>
public interface IPartitionStore : ISiloRows, IAsyncDisposable
{
    /// <summary>Opens or creates the database, applies migrations under a lock, and says what it is.</summary>
    ValueTask<StoreFacts> OpenAsync(CancellationToken cancellation);

    /// <summary>
    /// Registers a new incarnation as active with round 0, which owns no partition: its rounds take them. An earlier
    /// incarnation of this process is dead from then on. In the same transaction the paths of the incarnation become
    /// those whose values the index holds: from here on, and until a later incarnation does not name them.
    /// </summary>
    ValueTask<Incarnation> JoinAsync(JoinRequest request, CancellationToken cancellation);

    /// <summary>
    /// Makes a round durable in one transaction that begins with the fence: the silo's row moves from round n - 1 to n,
    /// or nothing happens. The same fence proves that the silo owns the partitions that the round writes, and takes and
    /// gives those that the round says. Never throws for what the outcome can say.
    /// </summary>
    ValueTask<CommitOutcome> CommitAsync(RoundCommit round, CancellationToken cancellation);

    /// <summary>
    /// After a commit whose answer was lost or whose fence matched nothing: ends the session that may still carry it,
    /// and reads what became of the round. When this returns, the answer cannot change any more.
    /// </summary>
    /// <exception cref="StoreException">
    /// Also with <see cref="StoreFault.Fatal"/> when the silo has been dead for so long that its row is gone: see
    /// <see cref="Folds.IFolds"/>. Nobody knows any more what became of the round, and nothing may be told of it.
    /// </exception>
    ValueTask<RoundResolution> ResolveAsync(SiloId silo, long round, CancellationToken cancellation);

    /// <summary>
    /// True when the silo is alive and <paramref name="round"/> is its last durable round: the check that lets reads
    /// leave without a commit.
    /// </summary>
    ValueTask<bool> CheckAsync(SiloId silo, long round, CancellationToken cancellation);

    /// <summary>Loads states and external ids together.</summary>
    ValueTask<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancellation);

    /// <summary>
    /// The reminders and activities of some partitions (null: of all) due in (<paramref name="after"/>,
    /// <paramref name="until"/>], earliest first, at most <paramref name="limit"/>.
    /// </summary>
    ValueTask<IReadOnlyList<ReminderRow>> ReadRemindersAsync(
        IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until, int limit,
        CancellationToken cancellation);

    /// <summary>
    /// Notes that activities are about to start, on their rows: durable when this returns, in one transaction. A row
    /// that is not any more as the note expects it, or whose partition the silo does not own, stays as it is, so a note
    /// can be sent again. False, and nothing is noted, when the silo is not alive any more.
    /// </summary>
    ValueTask<bool> NoteStartsAsync(SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation);

    /// <summary>
    /// The calls left to be made in some partitions (null: in all), in order, with a sequence above
    /// <paramref name="after"/>, with a snapshot that was taken no later than they were read.
    /// </summary>
    ValueTask<DeferredPage> ReadDeferredCallsAsync(
        IReadOnlyList<PartitionId>? partitions, long after, int limit, CancellationToken cancellation);

    /// <summary>Failures by id; those that do not exist are missing from the answer.</summary>
    ValueTask<IReadOnlyList<FailureRow>> FindFailuresAsync(IReadOnlyList<Guid> ids, CancellationToken cancellation);

    /// <summary>Reads of what is held; available once the store is open.</summary>
    IHeldReads Held { get; }

    /// <summary>
    /// Gives up the partitions and marks the silo dead: the last act of an orderly stop, and of an incarnation that was
    /// declared dead while its process lives. The starts that this silo noted did not end their process: they are taken
    /// back.
    /// </summary>
    ValueTask LeaveAsync(SiloId silo, CancellationToken cancellation);
}

/// <summary>A silo that wants to join.</summary>
/// <param name="Address">Where others reach the silo.</param>
public sealed record JoinRequest(string Address)
{
    /// <summary>
    /// True for the only silo of a database: silos that are certainly dead are declared dead first, and one that lives
    /// makes the join fail with <see cref="StoreFault.Busy"/>. False for a silo of several.
    /// </summary>
    public bool IsAlone { get; init; } = true;

    /// <summary>
    /// The id of the cluster that the silo belongs to, or null. The database keeps it: a silo of another cluster is
    /// refused with <see cref="StoreFault.Fatal"/>. A silo with an id beside silos without one, and the other way
    /// round, is refused with <see cref="StoreFault.Busy"/> while they live; when none lives, its kind counts from now
    /// on.
    /// </summary>
    public string? Cluster { get; init; }
}

/// <summary>What a database says of itself.</summary>
/// <param name="HistoryId">
/// Changes when the database is restored or replaced, so that old cursors are recognised.
/// </param>
/// <param name="PartitionCount">Fixed when the database is created.</param>
public sealed record StoreFacts(Guid HistoryId, int PartitionCount);

/// <summary>A silo that has joined.</summary>
public sealed record Incarnation(SiloId Silo, DateTimeOffset DatabaseTime)
{
    /// <summary>The version of the definitions that its rounds must know: see <see cref="IGenerations"/>.</summary>
    public long Definitions { get; init; }

    /// <summary>
    /// True when an incarnation had not left when this process joined first: its process ended without order. What
    /// this process itself began and never heard of does not count.
    /// </summary>
    public bool IsAfterCrash { get; init; }

    /// <summary>
    /// True when the database holds external ids that a version before schema version 5 wrote, one per partition: they
    /// are looked up as well until the last of them is cut. Such a version writes no more once this incarnation has
    /// joined.
    /// </summary>
    public bool HasUnscopedExternalIds { get; init; }
}
