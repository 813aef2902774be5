namespace Tributary.Messages;

/// <summary>
/// The status of a message or of one of its parts. Stored as these numbers. A message has the lowest status of its
/// parts, and is <see cref="Completed"/> when it has none left.
/// </summary>
public enum MessageStatus
{
    /// <summary>Nothing is left to do.</summary>
    Completed = 0,

    /// <summary>The first attempt waits or runs.</summary>
    Processing = 1,

    /// <summary>Failed; the platform will retry it.</summary>
    Retrying = 2,

    /// <summary>Given up: kept, visible, and retried on demand.</summary>
    Parked = 3,

    /// <summary>No plugin accepts the message.</summary>
    Skipped = 4,
}

/// <summary>The steps of a message.</summary>
public enum ProcessingStep
{
    /// <summary>Mapping the incoming object to a message.</summary>
    Accept = 1,

    /// <summary>Fetching content and metadata.</summary>
    Query = 2,

    /// <summary>Running a plugin.</summary>
    Execute = 3,

    /// <summary>Making the result durable.</summary>
    Apply = 4,
}

/// <summary>Unfinished work on a message: on the whole message, or on one plugin's share.</summary>
/// <param name="Plugin">Empty for the message as a whole.</param>
/// <param name="Attempts">The number of attempts so far.</param>
/// <param name="NextAttempt">The time of the next attempt; null unless <see cref="MessageStatus.Retrying"/>.</param>
/// <param name="Error">A code, a colon and a sentence; null unless the work failed.</param>
[GenerateSerializer, Immutable, Alias("tributary.message-part")]
public sealed record MessagePart(
    string Plugin,
    MessageStatus Status,
    ProcessingStep Step,
    int Attempts = 0,
    DateTimeOffset? NextAttempt = null,
    string? Error = null)
{
    /// <summary>True when this very turn saw the failure: the failure feed gets an entry. Not stored.</summary>
    [Id(0)]
    public bool IsRaised { get; init; }

    /// <summary>The status of a message with these parts.</summary>
    public static MessageStatus StatusOf(IReadOnlyList<MessagePart> parts)
    {
        var status = MessageStatus.Completed;
        foreach (var part in parts)
        {
            if (status == MessageStatus.Completed || part.Status < status)
                status = part.Status;
        }

        return status;
    }
}

/// <summary>Refers to a stored message in later turns.</summary>
[GenerateSerializer, Immutable, Alias("tributary.message-reference")]
public sealed record MessageReference(
    MessageId Id, Position Position, string Source, DateTimeOffset ReceivedAt, long ItemSequence);

/// <summary>A record as a turn stores it: see <see cref="Plugins.PluginRecord"/>.</summary>
/// <param name="Generation">The plugin's generation.</param>
public sealed record RecordEffect(int Generation, string Key, ReadOnlyMemory<byte> Json);

/// <summary>The aggregates that counted a message after it was accepted.</summary>
/// <param name="Generation">The plugin's generation.</param>
/// <param name="Aggregates">
/// The keys of the aggregates that the message contributed to: see <see cref="AggregateKey"/>.
/// </param>
public sealed record Outcome(int Generation, IReadOnlyList<string> Aggregates);
