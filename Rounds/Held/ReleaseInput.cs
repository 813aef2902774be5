using Tributary.Rounds.Calls;
using Tributary.Storage.Held;

namespace Tributary.Rounds.Held;

/// <summary>
/// Looks whether this build can go on with a reminder or activity that is held: its turn runs when the grain's state
/// can be read.
/// </summary>
/// <param name="obstacle">What is known to be in the way without a look at the state, or null.</param>
internal sealed class ReleaseInput(HeldReminder reminder, UnreadableException? obstacle) : Input(reminder.Row.Grain)
{
    /// <inheritdoc/>
    public override long Tenure => TenureOfRead;

    /// <summary>The tenure in which the row was read.</summary>
    public long TenureOfRead { get; init; }

    public HeldReminder Reminder { get; } = reminder;

    public UnreadableException? Obstacle { get; } = obstacle;

    /// <summary>True while it counts among those that wait for their turn.</summary>
    public bool IsCounted { get; set; } = true;

    /// <summary>What is written of the reminder: nothing becomes of one that is not held any more.</summary>
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
