using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Calls;

/// <summary>A one-way call that an earlier, durable round left to a later round.</summary>
internal sealed class DeferredInput(DeferredCall call, RoundGrainTypes types) : Input(call.Target)
{
    public DeferredCall Call { get; } = call;

    /// <inheritdoc/>
    public override long Tenure => TenureOfRead;

    /// <summary>The tenure in which the row was read.</summary>
    public long TenureOfRead { get; init; }

    /// <summary>Why an earlier build held the call; null when it was not held.</summary>
    public HeldReason? Held { get; init; }

    /// <summary>True while the held call counts among those that wait for their turn.</summary>
    public bool IsCounted { get; set; }

    public override void Run(RoundGrain grain) => StoredCall.Invoke(grain, Target, Call.Method, Call.Arguments, types);

    public override InputOrigin Origin => new(Call.Method, Call.Arguments);
}
