using Tributary.Rounds.Calls;
using Tributary.Storage.Held;

namespace Tributary.Rounds.Held;

/// <summary>
/// Tries whether this build can go on with a held reminder or activity: its turn runs when the grain's state can be
/// read.
/// </summary>
/// <param name="obstacle">An obstacle that is known without a look at the state, or null.</param>
internal sealed class ReleaseInput(HeldReminder reminder, UnreadableException? obstacle) : Input(reminder.Row.Grain)
{
    /// <inheritdoc/>
    public override long Tenure => TenureOfRead;

    /// <summary>The tenure in which the row was read.</summary>
    public long TenureOfRead { get; init; }

    public HeldReminder Reminder { get; } = reminder;

    public UnreadableException? Obstacle { get; } = obstacle;

    /// <summary>True while the input counts among those that wait for their turn.</summary>
    public bool IsCounted { get; set; } = true;

    /// <summary>The write for the reminder; a reminder that is not held any more gets none.</summary>
    public HeldWrite Settle(HeldReason? reason, DateTimeOffset at) =>
        new(Target, Reminder.Row.Name, reason, at, MustBeHeld: true);

    public override void Run(RoundGrain grain)
    {
        var isTaken = Reminder.Row.Activity is null ? grain is IReminderOwner : grain is IActivityOwner;
        if (!isTaken)
        {
            throw UnreadableException.OfMethod(
                Target.Type, Reminder.Row.Activity is null ? nameof(IReminderOwner.OnReminder)
                    : nameof(IActivityOwner.OnActivity));
        }
    }
}
