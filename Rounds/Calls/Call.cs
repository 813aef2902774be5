using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Tributary.Rounds.Calls;

/// <summary>Classes of work, which share the loop by weight.</summary>
public enum WorkClass
{
    /// <summary>Calls whose callers wait.</summary>
    Calls,

    /// <summary>Calls of methods that only read.</summary>
    Reads,

    /// <summary>
    /// Due reminders and results of activities. Deferred calls go before all classes: their callers are durable
    /// already.
    /// </summary>
    Reminders,

    /// <summary>Loads of many messages: throughput counts more than latency.</summary>
    Bulk,
}

/// <summary>
/// A call from outside: it waits in the inbox, runs as a turn, and is answered when its round is durable.
/// </summary>
internal abstract class Call(RoundGrainId target, INeeds? needs, bool isReadOnly) : Input(target, needs)
{
    /// <summary>
    /// When the caller stops waiting, in milliseconds of the clock modulo 2^32: calls wait for less than half of that.
    /// Declared here and not in the class that uses it, because here it costs no memory.
    /// </summary>
    protected int Deadline { get; init; }

    /// <summary>True when the call is a read.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>
    /// Tells the caller that the time of the call is over, if it is over by this clock; the call is dropped when it is
    /// taken. A call that is in a round is answered by its round.
    /// </summary>
    /// <param name="milliseconds">See <see cref="RoundEnvironment.MillisecondsOf"/>.</param>
    public virtual void EndIfLate(int milliseconds)
    {
    }
}

/// <inheritdoc/>
internal abstract class Call<TResult>(RoundGrainId target, INeeds? needs, bool isReadOnly)
    : Call(target, needs, isReadOnly), IValueTaskSource<TResult>, IValueTaskSource
{
    private TResult? result;

    // True once the caller is told: the loop, the committer or a cancellation from any thread may tell it, and only one
    // of them does.
    private bool isClaimed;
    private Exception? error;

    // The error that the caller was told ahead of the round; a turn that runs again does not change it.
    private Exception? refusal;
    private Waiter waiter;

    /// <summary>The answer that the caller awaits, once.</summary>
    public ValueTask<TResult> Answer => new(this, 0);

    /// <summary>The answer of a method without a result.</summary>
    public ValueTask Done => new(this, 0);

    /// <inheritdoc/>
    public override bool IsAnswered => refusal is not null;

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
        if (!TryClaim())
            return;
        refusal = error;
        Tell(answers: null);
    }

    public override void Release(Answers answers)
    {
        // A caller that was told an error while the store was away does not wait any more, whatever became of its
        // round.
        if (!TryClaim())
            return;
        if (error is null)
            Depart(result!);
        else if (TryAgain(error, out var other))
        {
            _ = TellAsync(other);
            return;
        }

        Tell(answers);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        Throw();
        return result!;
    }

    void IValueTaskSource.GetResult(short token) => Throw();

    public ValueTaskSourceStatus GetStatus(short token) => !waiter.IsTold ? ValueTaskSourceStatus.Pending
        : (refusal ?? error) switch
        {
            null => ValueTaskSourceStatus.Succeeded,
            OperationCanceledException => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Faulted,
        };

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        waiter.Add(continuation, state, flags);

    /// <summary>
    /// True when the caller gets another answer in place of the error of its turn, whose round is durable.
    /// </summary>
    protected virtual bool TryAgain(Exception error, [NotNullWhen(true)] out Task<TResult>? other)
    {
        other = null;
        return false;
    }

    /// <summary>Completes the result: see <see cref="IDeparting"/>.</summary>
    protected virtual void Depart(TResult result) => (result as IDeparting)?.Depart();

    /// <summary>
    /// Runs the grain's method, which must have completed when this returns; throws what the method threw.
    /// </summary>
    protected abstract TResult Turn(RoundGrain grain);

    /// <summary>The caller is about to learn the outcome. Called once.</summary>
    protected virtual void Answered()
    {
    }

    // The call is claimed, so that nothing else writes its outcome.
    private async Task TellAsync(Task<TResult> other)
    {
        try
        {
            result = await other;
            error = null;
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        Tell(answers: null);
    }

    private bool TryClaim() => !Interlocked.Exchange(ref isClaimed, true);

    private void Tell(Answers? answers)
    {
        Answered();
        waiter.Tell(answers);
    }

    private void Throw()
    {
        if (!waiter.IsTold)
            throw new InvalidOperationException("The call is not answered yet: await it.");
        if ((refusal ?? error) is { } told)
            ExceptionDispatchInfo.Throw(told);
    }
}
