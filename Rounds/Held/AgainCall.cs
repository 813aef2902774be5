using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Held;

/// <summary>
/// A request to make a failed call again, by the id of its failure. The row is read when the turn of the request comes.
/// </summary>
internal sealed class AgainCall(Guid id) : Input(new RoundGrainId("", ""))
{
    private readonly TaskCompletionSource<AgainResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool isRefused;

    public Guid Id { get; } = id;

    public Task<AgainResult> Answer => answer.Task;

    public void Tell(AgainResult result) => answer.TrySetResult(result);

    public override bool IsAnswered => isRefused;

    public override void Refuse(Exception error)
    {
        isRefused = true;
        answer.TrySetException(error);
    }

    public override void Run(RoundGrain grain) =>
        throw new InvalidOperationException("A request for a call is not a call.");
}

/// <summary>The outcome of a request to make a failed call again.</summary>
public enum AgainOutcome
{
    /// <summary>The turn of the call ran, and the failure is gone.</summary>
    Made,

    /// <summary>The turn of the call threw again: the call is another failure now.</summary>
    Failed,

    /// <summary>This build cannot make the call: the call is held, and is no failure any more.</summary>
    Held,

    /// <summary>There is no such failure, or its call was made again meanwhile.</summary>
    NotFound,

    /// <summary>The failure was stored without the call's arguments, which the database refused: it stays.</summary>
    Incomplete,
}

/// <summary>What became of a request to make a failed call again.</summary>
/// <param name="Id">The id of the failure that was asked for.</param>
/// <param name="Error">Why it failed again or is held; else null.</param>
/// <param name="FailureId">The id of the new failure; else null.</param>
[GenerateSerializer, Immutable, Alias("tributary.again-result")]
public sealed record AgainResult(Guid Id, AgainOutcome Outcome, string? Error = null, Guid? FailureId = null);
