namespace Tributary.Storage.Reminders;

/// <summary>Reads of durable timers and activities.</summary>
public interface IReminderReads
{
    /// <summary>Pending reminders and activities in the order of their due times.</summary>
    ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation);
}

/// <summary>A durable timer. <paramref name="Activity"/> is null for a reminder of a grain.</summary>
public sealed record ReminderRow(
    PartitionId Partition, RoundGrainId Grain, string Name, DateTimeOffset Due, int Attempt, string? Activity,
    ReadOnlyMemory<byte> Payload)
{
    public ReminderMark Mark => new(Due, Grain, Name);

    /// <summary>The request that wrote the row, when it was written by this process; not stored.</summary>
    public ReminderRequest? Origin { get; init; }

    /// <summary>
    /// How often the activity was started by silos that did not leave; 0 when no start was noted, as none is before the
    /// first end without order.
    /// </summary>
    public int StartsCount { get; init; }

    /// <summary>True when the last of these was noted as one with which nothing else was to run.</summary>
    public bool IsAlone { get; init; }
}

/// <summary>
/// A place in the order of reminders: by due time, then grain, then name, compared ordinally as UTF-8.
/// </summary>
public readonly record struct ReminderMark(DateTimeOffset Due, RoundGrainId Grain, string Name)
{
    /// <summary>
    /// After every reminder that is due at <paramref name="due"/> or before, and before every later one. Due times are
    /// whole microseconds, the resolution of PostgreSQL.
    /// </summary>
    public static ReminderMark At(DateTimeOffset due) => new(due.AddMicroseconds(1), new RoundGrainId("", ""), "");
}
