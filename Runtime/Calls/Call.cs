using System.Threading.Tasks.Sources;

namespace Tributary.Runtime.Calls;

/// <summary>Classes of work, which share the loop by weight.</summary>
public enum WorkClass
{
    /// <summary>Calls somebody waits for.</summary>
    Calls,

    /// <summary>Calls of methods that only read.</summary>
    Reads,

    /// <summary>Due reminders and results of activities. Deferred calls go first of all: their callers are durable already.</summary>
    Reminders,

    /// <summary>Loads of many messages, where throughput counts more than latency.</summary>
    Bulk,
}

/// <summary>A call from outside: it waits in the inbox, runs as a turn, and is answered when its round is durable.</summary>
internal abstract class Call(RoundGrainId target, GrainMethod method, object?[] arguments)
    : Input(target, arguments.Length == 1 ? arguments[0] as INeeds : null)
{
    public GrainMethod Method { get; } = method;

    protected object?[] Arguments { get; } = arguments;

    /// <summary>The ValueTask or ValueTask of T that the caller awaits, boxed.</summary>
    public abstract object Task { get; }
}

/// <inheritdoc/>
internal sealed class Call<TResult> : Call, IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> source = new() { RunContinuationsAsynchronously = true };
    private TResult? result;
    private Exception? error;

    public Call(RoundGrainId target, GrainMethod<TResult> method, object?[] arguments)
        : base(target, method, arguments)
    {
    }

    public override object Task => typeof(TResult) == typeof(Nothing)
        ? new ValueTask(this, source.Version)
        : new ValueTask<TResult>(this, source.Version);

    public override void Run(RoundGrain grain)
    {
        error = null;
        result = ((GrainMethod<TResult>)Method).Invoke(grain, Arguments);
    }

    public override void Fail(Exception exception)
    {
        result = default;
        error = exception;
    }

    public override void Refuse(Exception error)
    {
        if (IsAnswered)
            return;
        IsAnswered = true;
        source.SetException(error);
    }

    public override void Release()
    {
        // A caller that was told an error while the store was away waits no more, whatever became of its round.
        if (IsAnswered)
            return;
        if (error is null)
            source.SetResult(result!);
        else
            source.SetException(error);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
