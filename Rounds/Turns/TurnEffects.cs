using Orleans.Serialization.Invocation;
using Tributary.Messages;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Turns;

/// <summary>
/// The effects that one turn asked for so far. Kept apart from the round until the turn has ended well.
/// </summary>
internal sealed class TurnEffects
{
    /// <summary>Messages with their external ids.</summary>
    public List<(AppendedMessage Message, ExternalKey? External)> Messages { get; } = [];

    /// <summary>The external ids of <see cref="Messages"/>.</summary>
    public HashSet<ExternalKey> ExternalIds { get; } = [];

    public List<OneWayCall> Calls { get; } = [];

    /// <summary>
    /// Reminders set or cleared. An object that is handed over to an activity is kept beside the request, because the
    /// request outlives it.
    /// </summary>
    public List<(string Name, ReminderRequest? Set, object? Local, int LocalBytes)> Reminders { get; } = [];

    public List<(MessageReference Message, MessageStatus Before, IReadOnlyList<MessagePart> Parts)> Parts { get; } = [];

    public List<(MessageReference Message, RecordEffect Record)> Records { get; } = [];

    public List<(MessageReference Message, IReadOnlyList<Outcome> Outcomes)> Outcomes { get; } = [];

    public bool IsEmpty =>
        Messages.Count == 0
        && Calls.Count == 0
        && Reminders.Count == 0
        && Parts.Count == 0
        && Records.Count == 0
        && Outcomes.Count == 0;

    public void Clear()
    {
        Messages.Clear();
        ExternalIds.Clear();
        Calls.Clear();
        Reminders.Clear();
        Parts.Clear();
        Records.Clear();
        Outcomes.Clear();
    }
}

/// <summary>A one-way call that a turn asked for.</summary>
internal readonly record struct OneWayCall(RoundGrainId Target, RoundMethod Method, IInvokable Request)
{
    /// <summary>See <see cref="Origins"/>.</summary>
    public long Origin { get; init; }
}
