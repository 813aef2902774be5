using Tributary.Aggregates;
using Tributary.Grains.Items;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Grains.Replays;

/// <summary>The result of one activity of a replay, on its way to the turn that applies it.</summary>
public sealed record ReplaySlice : INeeds
{
    public required ReplayPayload Payload { get; init; }

    /// <summary>The position of the last message that was looked at; the payload's when there was none.</summary>
    public long Cursor { get; init; }

    /// <summary>True when no message is left below the position from which on the generation is fed.</summary>
    public bool IsEnd { get; init; }

    /// <summary>The position from which on the generation is fed, as this slice knew it.</summary>
    public long FedFrom { get; init; }

    /// <summary>True when the messages that are left lie above the horizon.</summary>
    public bool IsWaiting { get; init; }

    public int SeenCount { get; init; }

    public long TotalCount { get; init; }

    public ReplayedMessages Replayed { get; init; } = ReplayedMessages.None;

    /// <summary>Why the replay cannot go on; null when it can.</summary>
    public string? Error { get; init; }

    public IEnumerable<RoundGrainId> Grains =>
        Replayed
            .Shares.Keys.Concat(Replayed.Runs.Select(static run => new RoundGrainId(ItemGrain.GrainType, run.Item)))
            .Concat(
                Replayed
                    .Runs.SelectMany(static run => run.Contributions)
                    .Select(static contribution => contribution.Aggregate));

    public ExternalKey? External => null;

    public bool IsNewGrain => false;

    public int SizeBytes => (int)Math.Min(
        int.MaxValue,
        256L + (256L * Replayed.Shares.Count) + Replayed.Runs.Sum(static run => run.SizeBytes));
}

/// <summary>The share of a slice's messages in a generation.</summary>
/// <param name="CountedCount">How many messages belong to it and were not counted in it before.</param>
/// <param name="Shares">The messages' shares by aggregate, added up.</param>
/// <param name="Runs">A plugin's result for each message; the message's item applies it.</param>
/// <param name="Failed">The messages that failed.</param>
public sealed record ReplayedMessages(
    int CountedCount, IReadOnlyDictionary<RoundGrainId, AggregateDelta> Shares, IReadOnlyList<ReplayedRun> Runs,
    IReadOnlyList<FailedReplay> Failed)
{
    public static ReplayedMessages None { get; } = new(0, new Dictionary<RoundGrainId, AggregateDelta>(), [], []);
}
