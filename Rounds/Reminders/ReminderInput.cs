using System.Text.Json;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Reminders;

/// <summary>A due reminder (<paramref name="result"/> is null), or the result of an activity.</summary>
/// <param name="isInstead">
/// True when this is the second call of an activity's owner, with the error of the first.
/// </param>
internal sealed class ReminderInput(ReminderEntry entry, ActivityResult? result, bool isInstead = false)
    : Input(entry.Row.Grain, result?.Output as INeeds)
{
    public ReminderEntry Entry { get; } = entry;

    /// <summary>Why this build cannot run the input, or null.</summary>
    public UnreadableException? Obstacle { get; init; }

    /// <summary>True while the result counts among those that wait for their turn.</summary>
    public bool IsCounted { get; set; }

    /// <summary>
    /// An activity may return any object, and the object is not stored: when the turn of a result fails, the owner is
    /// called with an error, and this origin is of that call.
    /// </summary>
    public override InputOrigin Origin => result is null
        ? new(nameof(IReminderOwner.OnReminder),
            JsonSerializer.SerializeToUtf8Bytes<object[]>([Entry.Row.Name, Entry.Row.Attempt, Entry.Row.Payload]))
        : new(nameof(IActivityOwner.OnActivity), JsonSerializer.SerializeToUtf8Bytes<object[]>(
            [
                Entry.Row.Name, Entry.Row.Attempt,
                new ActivityResult(null, result.Error) { Payload = Entry.Row.Payload },
            ]));

    public override Input? Instead(Exception error) =>
        result is null || isInstead
            ? null
            : new ReminderInput(Entry, new ActivityResult(null, ErrorText.Of(error)), isInstead: true);

    public override void Run(RoundGrain grain)
    {
        var row = Entry.Row;
        var turn = result is null
            ? (grain as IReminderOwner ?? throw NotTaken(nameof(IReminderOwner.OnReminder)))
                .OnReminder(row.Name, row.Attempt, row.Payload)
            : (grain as IActivityOwner ?? throw NotTaken(nameof(IActivityOwner.OnActivity)))
                .OnActivity(
                    row.Name, row.Attempt,
                    row.Payload.IsEmpty ? result : result with { Payload = row.Payload });
        StoredCall.Complete(turn, row.Name);
    }

    private UnreadableException NotTaken(string method) => UnreadableException.OfMethod(Target.Type, method);
}
