using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Held;

/// <summary>
/// Reads of held work: calls, reminders and activities that a build could not make, because it does not know their
/// grain type, their
/// method or their activity, or cannot read their arguments or the state of their grain. They stay stored until a
/// build can.
/// </summary>
public interface IHeldReads
{
    /// <summary>The highest sequence of the calls that are deferred or held; 0 when there are none.</summary>
    ValueTask<long> ReadLastCallAsync(CancellationToken cancellation);

    /// <summary>
    /// Held calls with a sequence above <paramref name="after"/>, in order, at most <paramref name="limit"/>.
    /// </summary>
    ValueTask<IReadOnlyList<HeldCall>> ReadCallsAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Held reminders and activities in the order of their grains' types and keys, then of their names, compared as
    /// UTF-8, after
    /// <paramref name="after"/> (exclusive; null: from the first), at most <paramref name="limit"/>.
    /// </summary>
    ValueTask<IReadOnlyList<HeldReminder>> ReadRemindersAsync(
        HeldMark? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Grains with held work, ordered by type, then key, compared as UTF-8, after <paramref name="after"/>
    /// (exclusive; null: from the
    /// first), at most <paramref name="limit"/>.
    /// </summary>
    ValueTask<IReadOnlyList<HeldGrain>> ReadGrainsAsync(RoundGrainId? after, int limit, CancellationToken cancellation);

    /// <summary>How much is held, by grain type and reason. Its cost grows with what is held.</summary>
    ValueTask<IReadOnlyList<HeldCount>> CountAsync(CancellationToken cancellation);
}

/// <summary>Why work is held.</summary>
/// <param name="Code">A code of <c>docs/errors.md</c>.</param>
/// <param name="Text">A code, a colon and a sentence.</param>
public sealed record HeldReason(string Code, string Text);

/// <summary>A call that is held. Its sequence lies in the order of deferred calls.</summary>
/// <param name="HeldAt">When it was held first.</param>
public sealed record HeldCall(DeferredCall Call, HeldReason Reason, DateTimeOffset HeldAt);

/// <summary>A reminder or activity that is held, as it was when it was due.</summary>
public sealed record HeldReminder(ReminderRow Row, HeldReason Reason, DateTimeOffset HeldAt)
{
    public HeldMark Mark => new(Row.Grain, Row.Name);
}

/// <summary>A place in the order of held reminders.</summary>
public readonly record struct HeldMark(RoundGrainId Grain, string Name);

/// <summary>Marks a reminder or activity as held (<see cref="Reason"/> not null), or as due again.</summary>
/// <param name="MustBeHeld">
/// True when the write is for a reminder that is held, and nothing becomes of another one of its name.
/// </param>
public readonly record struct HeldWrite(
    RoundGrainId Grain, string Name, HeldReason? Reason, DateTimeOffset At, bool MustBeHeld);

/// <summary>A grain with held work.</summary>
/// <param name="Reason">Of the call or reminder that was held last.</param>
/// <param name="Since">When the first was held.</param>
public sealed record HeldGrain(
    RoundGrainId Grain, HeldReason Reason, long CallsCount, long RemindersCount, DateTimeOffset Since);

/// <summary>How much is held of one grain type for one reason.</summary>
public sealed record HeldCount(string Type, string Code, long CallsCount, long RemindersCount);
