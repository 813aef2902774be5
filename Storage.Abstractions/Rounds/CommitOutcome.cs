namespace Tributary.Storage.Rounds;

/// <summary>What became of a commit.</summary>
public abstract record CommitOutcome
{
    /// <summary>
    /// Durable. The message at index i of the round has the position Position.Of(Transaction, i); the rows of calls
    /// that
    /// the round left have the sequences that <see cref="RoundCommit.SequenceOf"/> says.
    /// </summary>
    public sealed record Committed(long Transaction, DateTimeOffset DatabaseTime) : CommitOutcome
    {
        /// <summary>
        /// Those of the round's takes that the silo owns now, in their order. What is missing belongs to another silo
        /// that
        /// was not declared dead: a result like any other.
        /// </summary>
        public IReadOnlyList<TakenPartition> Taken { get; init; } = [];
    }

    /// <summary>The fence matched nothing: this silo was replaced, or this round is already in.</summary>
    public sealed record Fenced : CommitOutcome;

    /// <summary>
    /// The silo is alive, and does not own a partition that the round writes: nothing was stored. A partition changes
    /// hands only by its owner's give or death, so that no correct silo ever meets this.
    /// </summary>
    public sealed record NotOwned(string Error) : CommitOutcome;

    /// <summary>
    /// The round counted its messages by a version of the definitions that is out of date: nothing was stored, and the
    /// same turns can run again in a round of version <paramref name="Definitions"/>.
    /// </summary>
    public sealed record Outdated(long Definitions) : CommitOutcome;

    /// <summary>The answer was lost: the round may be in or not.</summary>
    public sealed record Unknown(Exception Error) : CommitOutcome;

    /// <summary>The database refuses the round for its data, and would again; nothing was stored.</summary>
    public sealed record Rejected(Exception Error) : CommitOutcome;

    /// <summary>
    /// There is no room for the round: nothing of it was stored, for certain, and the same round can be when there is
    /// room.
    /// </summary>
    public sealed record Full(StoreException Error) : CommitOutcome;
}

/// <summary>A partition that a silo owns.</summary>
/// <param name="IsAfterCrash">
/// True when the owner before was declared dead: its process may have ended with what ran for the partition.
/// </param>
public readonly record struct TakenPartition(PartitionId Partition, bool IsAfterCrash);

/// <summary>The final word on a doubtful round.</summary>
public abstract record RoundResolution
{
    /// <summary>The round is in; see <see cref="CommitOutcome.Committed"/>.</summary>
    public sealed record Applied(long Transaction, DateTimeOffset DatabaseTime) : RoundResolution
    {
        /// <summary>All that the silo owns now, by partition: what became of the round's takes and gives.</summary>
        public IReadOnlyList<TakenPartition> Owned { get; init; } = [];
    }

    /// <summary>The round is not in and can be sent again unchanged.</summary>
    public sealed record NotApplied : RoundResolution;

    /// <summary>The silo was declared dead before the round was in.</summary>
    public sealed record Dead : RoundResolution;
}
