using Tributary.Messages;

namespace Tributary.Grains.Items.Processing;

/// <summary>
/// Where a part of a message stands: the message as a whole, or one plugin's share. A message enters as
/// <see cref="Accepted"/> or <see cref="AcceptedParked"/>.
/// </summary>
internal enum PartState
{
    /// <summary>The first activity waits or runs. The item's state does not mention the message.</summary>
    Accepted,

    /// <summary>Like <see cref="Accepted"/>, for a message that was parked when it was accepted.</summary>
    AcceptedParked,

    /// <summary>An activity for the part is set; its time has not come.</summary>
    Scheduled,

    /// <summary>An activity for the part is set, and due.</summary>
    Running,

    /// <summary>To be tried again in a later activity: the activity that is set belongs to earlier parts.</summary>
    Waiting,

    /// <summary>Given up until somebody asks to try again.</summary>
    Parked,

    /// <summary>No plugin took the message, or the retry policy skips the failure.</summary>
    Skipped,

    /// <summary>
    /// Nothing is left of the part. The item's state does not mention it, so for demands and replays the item cannot
    /// tell it from <see cref="Accepted"/>.
    /// </summary>
    Done,
}

internal static class PartStates
{
    public static PartState Of(UnfinishedPart part, DateTimeOffset now) =>
        part.Status switch
        {
            MessageStatus.Processing => PartState.Accepted,
            MessageStatus.Parked when part.IsStarted => PartState.AcceptedParked,
            MessageStatus.Parked => PartState.Parked,
            MessageStatus.Retrying when !part.IsStarted => PartState.Waiting,
            MessageStatus.Retrying when part.NextMs > now.ToUnixTimeMilliseconds() => PartState.Scheduled,
            MessageStatus.Retrying => PartState.Running,
            MessageStatus.Skipped => PartState.Skipped,
            _ => PartState.Done,
        };

    /// <summary>
    /// The part as it is stored in this state. <see cref="UnfinishedPart.NextMs"/> stands already where the state has
    /// one.
    /// </summary>
    public static UnfinishedPart In(this UnfinishedPart part, PartState state) =>
        state switch
        {
            PartState.Scheduled or PartState.Running =>
                part with { Status = MessageStatus.Retrying, IsStarted = true },
            PartState.Waiting => part with { Status = MessageStatus.Retrying, IsStarted = false },
            PartState.Parked => part with { Status = MessageStatus.Parked, NextMs = null, IsStarted = false },
            PartState.Skipped => part with { Status = MessageStatus.Skipped, NextMs = null, IsStarted = false },
            _ => part,
        };
}
