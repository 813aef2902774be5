namespace Tributary.Storage.Rounds;

/// <summary>
/// The rows of the silos of a database, and the partitions that they own: what silos know of each other through the
/// database. All methods may throw <see cref="StoreException"/>.
/// </summary>
public interface ISiloRows
{
    /// <summary>
    /// Declares a silo dead: its next commit meets the fence, and what it owns is free to be taken. Whoever calls this
    /// knows that the silo is dead. False when it was dead already, or never was. Waits for a commit of the silo that
    /// is under way; one that takes too long is ended.
    /// </summary>
    ValueTask<bool> DeclareDeadAsync(SiloId silo, CancellationToken cancellation);

    /// <summary>The silos that are not declared dead, by their ids.</summary>
    ValueTask<IReadOnlyList<LivingSilo>> ReadSilosAsync(CancellationToken cancellation);

    /// <summary>
    /// Notes that a silo is about to leave: no silo moves a partition to it any more. False when it is dead.
    /// </summary>
    ValueTask<bool> BeginLeaveAsync(SiloId silo, CancellationToken cancellation);

    /// <summary>
    /// Notes that no partition is to be placed on a silo while another can run it; or, with
    /// <paramref name="isCordoned"/> false, that partitions may be placed on it again. The silo lives on, and the note
    /// ends with its incarnation. Waits for a commit of the silo that is under way.
    /// </summary>
    ValueTask<CordonOutcome> CordonAsync(SiloId silo, bool isCordoned, CancellationToken cancellation);

    /// <summary>Who owns the partitions that somebody owns, ordered by partition: what a watch looks at.</summary>
    ValueTask<IReadOnlyList<PartitionOwner>> ReadOwnersAsync(CancellationToken cancellation);

    /// <summary>
    /// How many rows of calls wait in which partition, ordered by partition; only partitions with rows. Counts at most
    /// <paramref name="limit"/> rows altogether.
    /// </summary>
    ValueTask<IReadOnlyList<WaitingRows>> CountDeferredAsync(int limit, CancellationToken cancellation);
}

/// <summary>Rows of calls that wait for the owner of a partition.</summary>
public sealed record WaitingRows(PartitionId Partition, int Count);

/// <summary>Who owns a partition.</summary>
/// <param name="Address">See <see cref="JoinRequest.Address"/>.</param>
/// <param name="IsDead">True when the silo was declared dead: the partition is free.</param>
public sealed record PartitionOwner(PartitionId Partition, SiloId Silo, string Address, bool IsDead);

/// <summary>A silo that is not declared dead.</summary>
/// <param name="Address">See <see cref="JoinRequest.Address"/>.</param>
/// <param name="Round">Its last durable round.</param>
/// <param name="HasSession">
/// False when no session of the silo's process commits any more: the process has ended, or is cut off from the
/// database. True also when the database has just started, because then no silo may have come back yet.
/// </param>
/// <param name="IsLeaving">See <see cref="ISiloRows.BeginLeaveAsync"/>.</param>
public sealed record LivingSilo(SiloId Silo, string Address, long Round, bool HasSession, bool IsLeaving)
{
    /// <summary>See <see cref="ISiloRows.CordonAsync"/>.</summary>
    public bool IsCordoned { get; init; }
}

/// <summary>What became of a cordon.</summary>
public enum CordonOutcome
{
    /// <summary>The row says what was asked for, whatever it said before.</summary>
    Noted,

    /// <summary>The silo is dead, or never was.</summary>
    NotFound,

    /// <summary>
    /// No other silo could have the partitions: none lives that is neither cordoned nor about to leave.
    /// </summary>
    LastSilo,

    /// <summary>
    /// A silo of an earlier version lives, which does not know of cordons and would bring its partitions back.
    /// </summary>
    EarlierVersion,
}
