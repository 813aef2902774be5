using System.Runtime.ExceptionServices;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// The loop of an operation that waits. In short: <c>while something is pending: continue the completed fields; else
/// start the batches; else wait.</c> Any thread may queue a completion, but only the loop touches the result. The
/// number of pending fields and loads bounds the queue.
/// </summary>
internal sealed partial class Executor
{
    private readonly Lock gate = new();
    private readonly Queue<Action> completed = new();
    private Dictionary<object, IBatch>? batches;
    private TaskCompletionSource? waiter;
    private bool woken;
    private int pending;

    /// <summary>Runs an action on the loop; from any thread.</summary>
    public void Enqueue(Action action)
    {
        lock (gate)
        {
            completed.Enqueue(action);
            Signal();
        }
    }

    /// <summary>Tells the loop that a batch has keys; from any thread.</summary>
    public void Wake()
    {
        lock (gate) Signal();
    }

    public BatchLoader<TKey, TValue> Batch<TKey, TValue>(
        object identity,
        ResolveContext context,
        Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load)
        where TKey : notnull
    {
        lock (gate)
        {
            batches ??= [];
            if (!batches.TryGetValue(identity, out var batch))
                batches[identity] = batch = new BatchLoader<TKey, TValue>(this, context, load, options.MaxBatchKeys);
            return (BatchLoader<TKey, TValue>)batch;
        }
    }

    /// <summary>The loader of this request, or null before its first use.</summary>
    public BatchLoader<TKey, TValue>? FindBatch<TKey, TValue>(object identity) where TKey : notnull
    {
        lock (gate)
            return batches is not null && batches.TryGetValue(identity, out var batch)
                ? (BatchLoader<TKey, TValue>)batch
                : null;
    }

    /// <summary>
    /// Registers a place that waits for its value: the operation does not end before <see cref="Complete"/> is called
    /// for that place. Only for the loop.
    /// </summary>
    public void Expect() => pending++;

    /// <summary>Gives a waiting place its value, or the failure. Only for the loop.</summary>
    public void Complete(Place place, object? value, Exception? failure)
    {
        pending--;
        if (failure is null)
        {
            if (!place.Node.IsDetached)
                CompleteValue(place.Field, place.Field.Definition.Type, value, place.Node, place.Index);
            return;
        }
        if (EndsOperation(failure)) ExceptionDispatchInfo.Throw(failure);
        Fail(place.Field, place.Node, place.Index, failure);
    }

    private void Continue(ValueTask<object?> task, FieldPlan field, ResultNode node, int index)
    {
        Expect();
        var awaiter = task.GetAwaiter();
        awaiter.UnsafeOnCompleted(() => Enqueue(() =>
        {
            object? value = null;
            Exception? failed = null;
            try
            {
                value = awaiter.GetResult();
            }
            catch (Exception failure)
            {
                failed = failure;
            }
            Complete(new Place(field, node, index), value, failed);
        }));
    }

    private async ValueTask Drain()
    {
        if (pending == 0) return;
        var token = CancellationToken;
        while (pending > 0)
        {
            if (TakeCompleted() is { } action) action();
            else if (!DispatchBatches()) await Sleep().WaitAsync(token);
        }
    }

    private Action? TakeCompleted()
    {
        lock (gate)
        {
            woken = false;
            return completed.TryDequeue(out var action) ? action : null;
        }
    }

    private bool DispatchBatches()
    {
        IBatch[] all;
        lock (gate) all = batches is null ? [] : [.. batches.Values];
        var started = false;
        foreach (var batch in all) started |= batch.Dispatch();
        return started;
    }

    private Task Sleep()
    {
        lock (gate)
        {
            if (woken || completed.Count > 0) return Task.CompletedTask;
            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiter.Task;
        }
    }

    private void Signal()
    {
        woken = true;
        waiter?.TrySetResult();
        waiter = null;
    }
}
