using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// The stored activities that earlier processes may have started and not ended. One object per process, through all its
/// incarnations: an incarnation that is declared dead while its process lives has ended no activity.
/// </summary>
internal sealed class EarlierLives
{
    private bool hasJoined;

    // Activities that were due by then may have been started by a process before this one.
    private DateTimeOffset until;

    // Activities of a partition that were due when it was taken from a dead silo may have been started too.
    private readonly Dictionary<PartitionId, DateTimeOffset> takenFromDead = [];

    /// <summary>True when the process before this one did not leave in order.</summary>
    public bool IsAfterCrash { get; private set; }

    /// <summary>
    /// Called with every incarnation of this process; the first one tells how the process before this one ended.
    /// </summary>
    public void Joined(Incarnation incarnation)
    {
        if (hasJoined)
            return;
        hasJoined = true;
        until = incarnation.DatabaseTime;
        IsAfterCrash = incarnation.IsAfterCrash;
    }

    /// <summary>The partition was taken at this time by the database's clock.</summary>
    public void Took(TakenPartition taken, DateTimeOffset at)
    {
        if (taken.IsAfterCrash)
            takenFromDead[taken.Partition] = at;
    }

    /// <summary>
    /// How many known starts of the activity did not end. The first start is not noted, because a note would cost every
    /// activity a write. Instead, after a process that did not leave in order, each stored activity that was due counts
    /// as started once.
    /// </summary>
    public int StartsOf(ReminderRow row)
    {
        // This process wrote the activity: it runs for the first time.
        if (row.Origin is not null)
            return 0;
        if (row.StartsCount > 0)
            return row.StartsCount;
        var isStarted = (IsAfterCrash && row.Due <= until)
            || (takenFromDead.TryGetValue(row.Partition, out var at) && row.Due <= at);
        return isStarted ? 1 : 0;
    }
}
