namespace Tributary.Runtime.Calls;

/// <summary>
/// Something that begins a turn: a call from outside, a due reminder, the result of an activity, a deferred call. A round
/// keeps its inputs until it is durable, so that a round that fails can run them again.
/// </summary>
internal abstract class Input(GrainId target)
{
    public GrainId Target { get; } = target;

    public virtual INeeds? Needs => null;

    /// <summary>How many things this input waits for before its turn can run; the loop counts.</summary>
    public int MissingCount { get; set; }

    /// <summary>Runs the turn. Throws what the turn threw. May run again after a round that failed.</summary>
    public abstract void Run(Grain grain);

    /// <summary>Keeps the error as this input's outcome, replacing an earlier outcome.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Lets the outcome go to whoever waits for it. Called once, when the round that it saw is durable.</summary>
    public abstract void Release();
}
