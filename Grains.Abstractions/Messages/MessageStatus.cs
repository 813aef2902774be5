namespace Tributary.Messages;

/// <summary>
/// What became of a message or of a part of its processing. Stored as these numbers. The status of a message is the
/// first in this order that one of its parts is in, and <see cref="Completed"/> when it has no parts left.
/// </summary>
public enum MessageStatus
{
    /// <summary>Nothing is left to be done.</summary>
    Completed = 0,

    /// <summary>Waiting for its activity, or in it, for the first time.</summary>
    Processing = 1,

    /// <summary>Failed, and will be tried again.</summary>
    Retrying = 2,

    /// <summary>Given up: kept, visible, tried again on demand.</summary>
    Parked = 3,

    /// <summary>No plugin accepts it.</summary>
    Skipped = 4,
}

/// <summary>The steps of a message.</summary>
public enum ProcessingStep
{
    /// <summary>Mapping what came in to a message.</summary>
    Accept = 1,

    /// <summary>Fetching content and metadata.</summary>
    Query = 2,

    /// <summary>Running a plugin.</summary>
    Execute = 3,

    /// <summary>Making the result durable.</summary>
    Apply = 4,
}

/// <summary>What is left to be done of a message: of the whole of it, or of one plugin's share.</summary>
/// <param name="Plugin">Empty for the message as a whole.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAttempt">When it is tried again; null unless <see cref="MessageStatus.Retrying"/>.</param>
/// <param name="Error">A code, a colon and a sentence; null unless it failed.</param>
[GenerateSerializer, Immutable, Alias("tributary.message-part")]
public sealed record MessagePart(
    string Plugin,
    MessageStatus Status,
    ProcessingStep Step,
    int Attempts = 0,
    DateTimeOffset? NextAttempt = null,
    string? Error = null)
{
    /// <summary>True when this turn is the one that saw it fail: the failure feed gets an entry. Not stored.</summary>
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

/// <summary>A stored message as later turns speak of it.</summary>
[GenerateSerializer, Immutable, Alias("tributary.message-reference")]
public sealed record MessageReference(
    MessageId Id, Position Position, string Source, DateTimeOffset ReceivedAt, long ItemSequence);

/// <summary>A record as a turn stores it: see <see cref="Plugins.PluginRecord"/>.</summary>
/// <param name="Generation">The plugin's generation.</param>
public sealed record RecordEffect(int Generation, string Key, ReadOnlyMemory<byte> Json);

/// <summary>What a message was counted in after it was accepted.</summary>
/// <param name="Generation">The plugin's generation.</param>
/// <param name="Aggregates">The keys of the aggregates that it contributed to: see <see cref="AggregateKey"/>.</param>
public sealed record Outcome(int Generation, IReadOnlyList<string> Aggregates);
