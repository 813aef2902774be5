using System.Threading.Tasks.Sources;

namespace Tributary.Rounds.Calls;

/// <summary>
/// The continuation of a caller that awaits an answer, and the moment in which the answer is told. Does the work of
/// <c>ManualResetValueTaskSourceCore</c>, which serves sources that are used again, in half its size: a call is
/// answered once.
/// </summary>
internal struct Waiter
{
    private static readonly Action<object?> AlreadyTold =
        static _ => throw new InvalidOperationException("Not to be run.");

    private Action<object?>? continuation;
    private object? continuationState;

    // The ExecutionContext, the SynchronizationContext, or a Contexts of several; null when nothing flows.
    private object? context;

    /// <summary>True when the outcome can be read. From any thread.</summary>
    public readonly bool IsTold => ReferenceEquals(Volatile.Read(in continuation), AlreadyTold);

    /// <summary>The outcome is written: the caller goes on, never on this thread.</summary>
    /// <param name="answers">
    /// Collects the caller, to go on together with others; null: the caller goes on by itself.
    /// </param>
    public void Tell(Answers? answers)
    {
        // Either this finds the continuation, or the thread that adds the continuation finds that the outcome was told.
        if (Interlocked.Exchange(ref continuation, AlreadyTold) is { } waiting)
            Continue(waiting, continuationState, context, answers);
    }

    /// <inheritdoc cref="IValueTaskSource.OnCompleted"/>
    public void Add(Action<object?> waiting, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        continuationState = state;
        context = Capture(flags);
        var before = Interlocked.CompareExchange(ref continuation, waiting, null);
        if (before is null)
            return;
        if (!ReferenceEquals(before, AlreadyTold))
            throw new InvalidOperationException("A call is awaited once.");
        Continue(waiting, state, context, answers: null);
    }

    private static object? Capture(ValueTaskSourceOnCompletedFlags flags)
    {
        var flowing = flags.HasFlag(ValueTaskSourceOnCompletedFlags.FlowExecutionContext)
            ? ExecutionContext.Capture() : null;
        if (!flags.HasFlag(ValueTaskSourceOnCompletedFlags.UseSchedulingContext))
            return flowing;
        object? scheduling = SynchronizationContext.Current is { } current
            && current.GetType() != typeof(SynchronizationContext) ? current : null;
        if (scheduling is null && TaskScheduler.Current != TaskScheduler.Default)
            scheduling = TaskScheduler.Current;
        return scheduling is null ? flowing : flowing is null ? scheduling : new Contexts(flowing, scheduling);
    }

    private static void Continue(Action<object?> waiting, object? state, object? context, Answers? answers)
    {
        switch (context)
        {
            case null:
                Queue(waiting, state, answers);
                break;
            case ExecutionContext flowing:
                Queue(
                    static work => ExecutionContext.Run(
                        ((Work)work!).Flowing, static inner => ((Work)inner!).Run(), work),
                    new Work(flowing, waiting, state), answers);
                break;
            case Contexts both:
                Schedule(both.Scheduling, () => ExecutionContext.Run(
                    both.Flowing, static inner => ((Work)inner!).Run(), new Work(both.Flowing, waiting, state)));
                break;
            default:
                Schedule(context, () => waiting(state));
                break;
        }
    }

    private static void Queue(Action<object?> waiting, object? state, Answers? answers)
    {
        if (answers is null)
            ThreadPool.UnsafeQueueUserWorkItem(waiting, state, preferLocal: true);
        else
            answers.Add(waiting, state);
    }

    private static void Schedule(object scheduling, Action action)
    {
        if (scheduling is SynchronizationContext posting)
        {
            posting.Post(static state => ((Action)state!)(), action);
            return;
        }

        _ = Task.Factory.StartNew(
            action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, (TaskScheduler)scheduling);
    }

    private sealed record Contexts(ExecutionContext Flowing, object Scheduling);

    private sealed record Work(ExecutionContext Flowing, Action<object?> Continuation, object? State)
    {
        public void Run() => Continuation(State);
    }
}
