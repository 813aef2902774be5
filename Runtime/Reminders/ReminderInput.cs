using System.Text.Json;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Reminders;

/// <summary>A due reminder (<paramref name="result"/> is null), or the result of an activity.</summary>
internal sealed class ReminderInput(ReminderEntry entry, ActivityResult? result) : Input(entry.Row.Grain)
{
    public ReminderEntry Entry { get; } = entry;

    public override INeeds? Needs => result?.Output as INeeds;

    public override InputOrigin Origin => new(
        result is null ? nameof(IRemindable.OnReminder) : nameof(IActivityOwner.OnActivity),
        result is null
            ? JsonSerializer.SerializeToUtf8Bytes<object[]>([Entry.Row.Name, Entry.Row.Attempt, Entry.Row.Payload])
            : JsonSerializer.SerializeToUtf8Bytes<object[]>([Entry.Row.Name, Entry.Row.Attempt, result]));

    public override void Run(Grain grain)
    {
        var row = Entry.Row;
        var turn = result is null
            ? ((IRemindable)grain).OnReminder(row.Name, row.Attempt, row.Payload)
            : ((IActivityOwner)grain).OnActivity(row.Name, row.Attempt, result);
        if (!turn.IsCompleted)
            throw new TributaryException("turn_did_not_complete", $"The turn of the reminder '{row.Name}' had not completed when it returned.");
        turn.GetAwaiter().GetResult();
    }
}

/// <summary>A durable reminder in memory. Its identity is the attempt: a row that was replaced has another entry.</summary>
internal sealed class ReminderEntry(ReminderRow row)
{
    public ReminderRow Row { get; } = row;

    /// <summary>True once it was handed on, as an input or as an activity.</summary>
    public bool IsFired { get; set; }
}
