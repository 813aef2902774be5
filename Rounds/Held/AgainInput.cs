using Tributary.Rounds.Calls;
using Tributary.Storage.Failures;
using Tributary.Storage.Held;

namespace Tributary.Rounds.Held;

/// <summary>
/// A failed call that is made again: the failure row goes in the round of the turn. May run again like every input.
/// </summary>
internal sealed class AgainInput(FailureRow row, AgainCall asked, RoundGrainTypes types) : Input(row.Target)
{
    private AgainResult result = new(row.Id, AgainOutcome.Made);

    public FailureRow Row { get; } = row;

    /// <inheritdoc/>
    public override long Tenure => TenureOfRead;

    /// <summary>The tenure in which the row was read.</summary>
    public long TenureOfRead { get; init; }

    public override InputOrigin Origin => new(Row.Method, Row.Arguments);

    public override void Run(RoundGrain grain)
    {
        result = new AgainResult(Row.Id, AgainOutcome.Made);
        StoredCall.Invoke(grain, Target, Row.Method, Row.Arguments, types);
    }

    /// <summary>The turn threw; <paramref name="failure"/> is the failure that is kept.</summary>
    public void Fail(FailureRow failure) =>
        result = new AgainResult(Row.Id, AgainOutcome.Failed, failure.Error, failure.Id);

    public void Hold(HeldReason reason) => result = new AgainResult(Row.Id, AgainOutcome.Held, reason.Text);

    public override void Release(Answers answers) => asked.Tell(result);
}
