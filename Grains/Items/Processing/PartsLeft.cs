using Tributary.Grains.Items.Retries;
using Tributary.Messages;

namespace Tributary.Grains.Items.Processing;

/// <summary>
/// The parts that are left of a message, and the effects that are asked for, while
/// <see cref="ProcessingTransitions"/> moves one part after the other.
/// </summary>
internal sealed class PartsLeft(ItemOptions options, DateTimeOffset now)
{
    private readonly List<UnfinishedPart> parts = [];
    private readonly HashSet<UnfinishedPart> raised = new(ReferenceEqualityComparer.Instance);
    private PartEffects effects;
    private double? chance;

    public IReadOnlyList<UnfinishedPart> Parts => parts;

    /// <summary>True when a transition asked for one of these.</summary>
    public bool Asks(PartEffects any) => (effects & any) != PartEffects.None;

    public void Keep(UnfinishedPart part) => parts.Add(part);

    /// <summary>Moves the part by its row, which is returned; null: the part ignores the event and is kept.</summary>
    /// <param name="changed">The part with what the event changes beside the state.</param>
    public ProcessingTransition? Move(PartEvent on, UnfinishedPart part, UnfinishedPart? changed = null)
    {
        if (ProcessingTransitions.Find(PartStates.Of(part, now), on) is not { } row)
        {
            Keep(part);
            return null;
        }

        effects |= row.Effects;
        if (row.Next == PartState.Done)
            return row;
        var moved = (changed ?? part).In(row.Next);
        parts.Add(moved);
        if (row.Effects.HasFlag(PartEffects.Raise))
            raised.Add(moved);
        return row;
    }

    /// <summary>The part failed; the retry policy says which event this is.</summary>
    public void Fail(UnfinishedPart part, ProcessingFailure failure, UnfinishedPart? changed = null)
    {
        var failed = (changed ?? part).After(failure, now);
        var continuation = options.Retry.After(failure, failed.Plugin);

        // One number for all parts of a result: parts that failed together are tried again together.
        if (continuation is Continuation.Retry retry
            && failed.NextMsBy(retry, now, chance ??= options.Chance()) is { } nextMs)
            Move(PartEvent.FailedToRetry, part, failed with { NextMs = nextMs });
        else
            Move(continuation is Continuation.Skip ? PartEvent.FailedToSkip : PartEvent.FailedToPark, part, failed);
    }

    /// <summary>
    /// Chooses the parts of the next activity, and returns its time; null when no part is to be tried. Parts that are
    /// due together go together: the content is fetched once.
    /// </summary>
    public long? Settle()
    {
        if (parts.Min(static part => part.NextMs) is not { } nextMs)
            return null;
        var dueMs = Math.Max(nextMs, now.ToUnixTimeMilliseconds());
        for (var index = 0; index < parts.Count; index++)
        {
            var part = parts[index];
            var on = part.NextMs <= dueMs ? PartEvent.Joined : PartEvent.Overtaken;
            if (ProcessingTransitions.Find(PartStates.Of(part, now), on) is not { } row)
                continue;
            effects |= row.Effects;
            parts[index] = part.In(row.Next);
        }

        return nextMs;
    }

    /// <summary>The parts as the store takes them; to be asked for before <see cref="Settle"/>.</summary>
    public IReadOnlyList<MessagePart> ToParts() => [.. parts.Select(part => part.ToPart(raised.Contains(part)))];
}
