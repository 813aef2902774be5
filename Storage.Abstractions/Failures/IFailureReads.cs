using Tributary.Messages;

namespace Tributary.Storage.Failures;

/// <summary>
/// Reads of parts (what is left to be done of messages), of the failure feed, and of calls that failed.
/// </summary>
public interface IFailureReads
{
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
    /// Failures, newest first, with an id below <paramref name="before"/> (null: from the newest). Ids are UUIDs
    /// version 7.
    /// </summary>
    ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(Guid? before, int limit, CancellationToken cancellation);
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

/// <summary>A one-way call, reminder or deferred call whose turn threw.</summary>
public sealed record FailureRow(
    Guid Id, DateTimeOffset FailedAt, PartitionId Partition, RoundGrainId Target, string Method,
    ReadOnlyMemory<byte> Arguments,
    string Error)
{
    /// <summary>How often the call was made, this time included.</summary>
    public int Attempts { get; init; } = 1;
}
