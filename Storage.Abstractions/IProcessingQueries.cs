using Tributary.Messages;

namespace Tributary.Storage;

/// <summary>
/// Reads of what became of messages after they were accepted: what is left of them, what failed, what plugins made of
/// them.
/// </summary>
public interface IProcessingQueries
{
    /// <summary>A stored message by id, also above the horizon: for the turn that goes on with it.</summary>
    ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation);

    /// <summary>
    /// What is left of messages by position, in one statement; those that are missing from the answer are completed.
    /// </summary>
    ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation);

    /// <summary>
    /// What is left of messages, in the order of their positions, then of the plugins' names, below the horizon.
    /// </summary>
    /// <param name="after">Exclusive; null: from the first.</param>
    ValueTask<PartPage> ReadPartsAsync(PartFilter filter, PartMark? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Failures as they were raised, oldest first, after <paramref name="after"/> and below the horizon. Their
    /// positions are an order of their own, made as those of messages.
    /// </summary>
    ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Records of one generation, ordered by item, then key, compared as UTF-8. A filter on the document is a bounded
    /// scan.
    /// </summary>
    ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation);

    /// <summary>
    /// The records of items in the given generations, at most <paramref name="limitPerItem"/> of each, in one
    /// statement.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items, IReadOnlyList<int> generations, int limitPerItem, CancellationToken cancellation);

    /// <summary>What messages were counted in since they were accepted, by position.</summary>
    ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation);
}

/// <summary>All conditions must hold; null conditions are open.</summary>
/// <param name="Plugins">The empty text stands for the message as a whole.</param>
/// <param name="From">Inclusive, of the message's acceptance.</param>
/// <param name="Until">Exclusive.</param>
/// <param name="ErrorContains">Compared as UTF-8, case included.</param>
public sealed record PartFilter(
    IReadOnlyList<MessageStatus>? Statuses = null,
    IReadOnlyList<string>? Sources = null,
    IReadOnlyList<string>? Items = null,
    IReadOnlyList<string>? Plugins = null,
    IReadOnlyList<ProcessingStep>? Steps = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    string? ErrorContains = null);

/// <summary>A place in the order of parts.</summary>
public readonly record struct PartMark(Position Message, string Plugin);

/// <summary>What is left of a message, as stored.</summary>
/// <param name="ChangedAt">The time of the turn that left it so.</param>
public sealed record StoredPart(MessageReference Message, string Item, MessagePart Part, DateTimeOffset ChangedAt)
{
    public PartMark Mark => new(Message.Position, Part.Plugin);
}

/// <param name="ScannedTo">Where to go on; null when nothing was looked at.</param>
/// <param name="IsComplete">True when nothing beyond <paramref name="ScannedTo"/> can match.</param>
public sealed record PartPage(IReadOnlyList<StoredPart> Parts, PartMark? ScannedTo, bool IsComplete);

/// <summary>One entry of the failure feed.</summary>
public sealed record RaisedFailure(
    Position Position, MessageReference Message, string Item, MessagePart Part, DateTimeOffset At);

/// <param name="Horizon">The horizon that bounded the read.</param>
/// <param name="IsComplete">True when there was nothing more below it.</param>
public sealed record RaisedSlice(IReadOnlyList<RaisedFailure> Failures, Position Horizon, bool IsComplete);

/// <param name="Items">Null: any.</param>
/// <param name="Document">A condition on the record's JSON; null: any.</param>
/// <param name="After">Exclusive; null: from the first.</param>
public sealed record RecordQuery(
    int Generation,
    IReadOnlyList<string>? Items,
    BodyCondition? Document,
    RecordMark? After,
    int Limit,
    int MaxScanCount);

/// <summary>A place in the order of records.</summary>
public readonly record struct RecordMark(string Item, string Key);

/// <summary>A record as stored.</summary>
public sealed record StoredRecord(
    int Generation, string Item, string Key, MessageReference Message, ReadOnlyMemory<byte> Json);

/// <param name="ScannedTo">Where to go on; null when nothing was looked at.</param>
/// <param name="IsComplete">True when nothing beyond <paramref name="ScannedTo"/> can match.</param>
/// <param name="ScannedCount">How many rows were looked at.</param>
public sealed record RecordPage(
    IReadOnlyList<StoredRecord> Records, RecordMark? ScannedTo, bool IsComplete, int ScannedCount);
