using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Held;

/// <summary>
/// Somebody asks for a failed call to be made again, by the id of its failure; the row is read when its turn comes.
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

/// <summary>What became of a request to make a failed call again.</summary>
public enum AgainOutcome
{
    /// <summary>Its turn ran, and the failure is gone.</summary>
    Made,

    /// <summary>Its turn threw again: it is another failure now.</summary>
    Failed,

    /// <summary>This build cannot make it: it is held, and no failure any more.</summary>
    Held,

    /// <summary>There is no such failure, or its call was made again meanwhile.</summary>
    NotFound,

    /// <summary>The failure was stored without the call's arguments, which the database refused: it stays.</summary>
    Incomplete,
}

/// <param name="Id">The id of the failure that was asked for.</param>
/// <param name="Error">Why it failed again or is held; else null.</param>
/// <param name="FailureId">The id of the new failure; else null.</param>
public sealed record AgainResult(Guid Id, AgainOutcome Outcome, string? Error = null, Guid? FailureId = null);
