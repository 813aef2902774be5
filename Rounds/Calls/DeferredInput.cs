using Tributary.Messages;
using Tributary.Rounds.Commits;
using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Calls;

/// <summary>A row of one-way calls that an earlier, durable round left to a later round.</summary>
internal sealed class DeferredInput : Input
{
    private readonly RoundGrainTypes types;

    private DeferredInput(
        DeferredCall row, IReadOnlyList<DeferredCall> calls, UnreadableException? obstacle, RoundGrainTypes types)
        : base(calls[0].Target, calls.Count > 1 ? new RowNeeds(row, calls) : null)
    {
        (Call, Calls, Obstacle, this.types) = (row, calls, obstacle, types);
        Partition = row.Partition;
    }

    /// <summary>The row.</summary>
    public DeferredCall Call { get; }

    /// <summary>The calls of the row; its one call is the row itself.</summary>
    public IReadOnlyList<DeferredCall> Calls { get; }

    /// <summary>True when the row holds several calls.</summary>
    public bool IsBundle => Calls.Count > 1;

    /// <summary>Why this build cannot read the row; else null.</summary>
    public UnreadableException? Obstacle { get; }

    /// <inheritdoc/>
    public override long Tenure => TenureOfRead;

    /// <summary>The tenure in which the row was read.</summary>
    public long TenureOfRead { get; private init; }

    /// <summary>Why an earlier build held the call; null when it was not held.</summary>
    public HeldReason? Held { get; private init; }

    /// <summary>True while the held call counts among those that wait for their turn.</summary>
    public bool IsCounted { get; set; }

    public override InputOrigin Origin => new(Calls[0].Method, Calls[0].Arguments);

    /// <summary>The input of a row as it is stored.</summary>
    /// <param name="held">Why it was held; null when it was not.</param>
    public static DeferredInput Of(DeferredCall row, long tenure, RoundGrainTypes types, HeldReason? held = null)
    {
        IReadOnlyList<DeferredCall> calls = [row];
        UnreadableException? obstacle = null;
        try
        {
            if (CallBundle.IsBundle(row))
                calls = CallBundle.Read(row);
        }
        catch (UnreadableException error)
        {
            obstacle = error;
        }

        return new DeferredInput(row, calls, obstacle, types)
        {
            TenureOfRead = tenure, Held = held, IsCounted = held is not null,
        };
    }

    /// <summary>The input of a row that this silo left, in the round that became durable last.</summary>
    public static DeferredInput Of(DeferredCall row, LeftRow left, long tenure, RoundGrainTypes types)
    {
        IReadOnlyList<DeferredCall> calls = left.Calls.Count == 1 ? [row] : [.. left.Calls.Select(call => call with
        {
            Sequence = row.Sequence, Origin = Origins.Of(call.Origin, row),
        })];
        return new DeferredInput(row, calls, null, types) { TenureOfRead = tenure };
    }

    public override void Run(RoundGrain grain) =>
        StoredCall.Invoke(grain, Target, Calls[0].Method, Calls[0].Arguments, types);

    // The grains of all calls are loaded together: all calls of a row are made in one round.
    private sealed class RowNeeds(DeferredCall row, IReadOnlyList<DeferredCall> calls) : INeeds
    {
        public IEnumerable<RoundGrainId> Grains => calls.Skip(1).Select(static call => call.Target);

        public ExternalKey? External => null;

        public bool IsNewGrain => false;

        public int SizeBytes => row.Arguments.Length;
    }
}
