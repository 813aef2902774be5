using System.Threading.Tasks.Sources;

namespace Tributary.Runtime.Calls;

/// <summary>Classes of work, which share the loop by weight.</summary>
public enum WorkClass
{
    /// <summary>Calls somebody waits for.</summary>
    Calls,

    /// <summary>Calls of methods that only read.</summary>
    Reads,

    /// <summary>
    /// Due reminders and results of activities. Deferred calls go first of all: their callers are durable already.
    /// </summary>
    Reminders,

    /// <summary>Loads of many messages, where throughput counts more than latency.</summary>
    Bulk,
}

/// <summary>
/// A call from outside: it waits in the inbox, runs as a turn, and is answered when its round is durable.
/// </summary>
internal abstract class Call(RoundGrainId target, object? argument, bool isReadOnly) : Input(target, argument as INeeds)
{
    /// <summary>True when the call is a read.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>
    /// Tells the caller of a call that its time is over by <paramref name="timestamp"/>, so that it is dropped when it
    /// is taken. A call that is in a round is answered by its round.
    /// </summary>
    public virtual void EndIfLate(long timestamp)
    {
    }
}

/// <inheritdoc/>
internal abstract class Call<TResult>(RoundGrainId target, object? argument, bool isReadOnly)
    : Call(target, argument, isReadOnly), IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> source = new() { RunContinuationsAsynchronously = true };
    private TResult? result;
    private Exception? error;

    // Not 0 once the caller was told: a cancellation comes from any thread, beside the loop and the committer.
    private int isTold;

    /// <summary>What the caller awaits.</summary>
    public ValueTask<TResult> Answer => new(this, source.Version);

    /// <summary>The same for a method without a result.</summary>
    public ValueTask Done => new(this, source.Version);

    public sealed override void Run(RoundGrain grain)
    {
        error = null;
        result = Turn(grain);
    }

    public override void Fail(Exception exception)
    {
        result = default;
        error = exception;
    }

    public override void Refuse(Exception error)
    {
        if (Interlocked.Exchange(ref isTold, 1) != 0)
            return;
        IsAnswered = true;
        Answered();
        source.SetException(error);
    }

    public override void Release()
    {
        // A caller that was told an error while the store was away waits no more, whatever became of its round.
        if (Interlocked.Exchange(ref isTold, 1) != 0)
            return;
        Answered();
        if (error is not null)
        {
            source.SetException(error);
            return;
        }

        Depart(result!);
        source.SetResult(result!);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);

    /// <summary>Makes the result whole: see <see cref="IDeparting"/>.</summary>
    protected virtual void Depart(TResult result) => (result as IDeparting)?.Depart();

    /// <summary>Runs the grain's method, which must have completed when it returns; throws what it threw.</summary>
    protected abstract TResult Turn(RoundGrain grain);

    /// <summary>The caller is about to learn the outcome. Called once.</summary>
    protected virtual void Answered()
    {
    }
}
