using Tributary.Aggregates;

namespace Tributary.Storage;

/// <summary>
/// Reads of what is committed, for the API and the feed. A read sees only messages below the horizon, the position
/// below which nothing can appear any more; so what one read saw, every later read sees in the same order.
/// </summary>
public interface IMessageLog
{
    /// <summary>The horizon as of now.</summary>
    ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation);

    /// <summary>
    /// Messages below <paramref name="below"/> (at most the horizon), newest first, at a cost linear in offset + limit.
    /// </summary>
    ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation);

    /// <summary>
    /// Messages after <paramref name="after"/> and below the horizon, oldest first, at most <paramref name="limit"/>
    /// and about
    /// <paramref name="maxBytes"/> of bodies (always at least one if there is one), at a cost that does not grow with
    /// the position.
    /// </summary>
    ValueTask<MessageSlice> ReadAfterAsync(Position after, int limit, long maxBytes, CancellationToken cancellation);

    /// <summary>How many messages lie below <paramref name="below"/>, without a scan of messages.</summary>
    ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation);

    ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation);

    /// <summary>
    /// Aggregates of one generation, ordered by window start, then group, after <paramref name="after"/> (exclusive;
    /// null: from the first). Null bounds are open; <paramref name="fromMs"/> is inclusive, <paramref name="toMs"/>
    /// exclusive, both of the window's start.
    /// </summary>
    ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation);

    /// <summary>
    /// The ledger's sums, and with <paramref name="recount"/> the same counted from the rows in the same snapshot.
    /// </summary>
    ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation);

    /// <summary>
    /// Makes the configured definitions rows: a definition whose hash is new for its name gets the next generation; one
    /// that was there before and was not dropped is found again. The first generation of a name is live at once; a
    /// later one becomes so by <see cref="IGenerations.SwitchAsync"/>.
    /// Returns the generation of each proposal, in the order given.
    /// </summary>
    ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals, CancellationToken cancellation);

    /// <summary>All definitions ever registered, by id.</summary>
    ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation);

    /// <summary>
    /// Removes external ids of messages accepted before <paramref name="before"/>; returns how many, at most
    /// <paramref name="limit"/>.
    /// </summary>
    ValueTask<int> CutExternalIdsAsync(DateTimeOffset before, int limit, CancellationToken cancellation);
}

/// <summary>A message as stored.</summary>
public sealed record StoredMessage(
    Position Position,
    MessageId Id,
    string Source,
    string Item,
    long ItemSequence,
    DateTimeOffset ReceivedAt,
    string MediaType,
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<int> Generations);

/// <param name="Horizon">The horizon that bounded the read.</param>
/// <param name="Complete">True when there was nothing more below the horizon.</param>
public sealed record MessageSlice(IReadOnlyList<StoredMessage> Messages, Position Horizon, bool Complete);

/// <summary>An aggregate's state as stored.</summary>
public sealed record AggregateRow(AggregateKey Key, int Version, ReadOnlyMemory<byte> State);

/// <param name="Hash">Over the normalised definition; equal hashes are equal definitions.</param>
public sealed record DefinitionProposal(string Name, string Hash, ReadOnlyMemory<byte> Definition);

/// <param name="Id">Unique over all definitions and generations.</param>
/// <param name="Generation">From 1, per name.</param>
public sealed record DefinitionRow(
    int Id, string Name, int Generation, string Hash, ReadOnlyMemory<byte> Definition, DateTimeOffset CreatedAt)
{
    /// <summary>True for the generation of its name that readers see.</summary>
    public bool IsLive { get; init; }

    /// <summary>When readers first saw it; null when they never did.</summary>
    public DateTimeOffset? LivedAt { get; init; }

    /// <summary>
    /// When it was given up: nothing is added to it from then on, and it never becomes live. Null while it is kept.
    /// </summary>
    public DateTimeOffset? DroppedAt { get; init; }
}

/// <summary>How many messages are in which status; see <see cref="Balances"/>.</summary>
public readonly record struct LedgerCounts(
    long Accepted, long Completed, long Skipped, long Processing, long Retrying, long Parked)
{
    /// <summary>Every accepted message is in exactly one status.</summary>
    public bool Balances => Accepted == Completed + Skipped + Processing + Retrying + Parked;
}

/// <param name="Recounted">Counted from the rows, or null when that was not asked for.</param>
public sealed record LedgerReport(
    LedgerCounts Total, IReadOnlyDictionary<string, LedgerCounts> BySource, LedgerCounts? Recounted);
