namespace Tributary.GraphQL.Execution;

/// <summary>
/// The loop of an operation that waits. In short: <c>while something is pending: continue what has completed; else start the batches; else wait.</c>
/// Completions come from any thread and are queued; only the loop touches the result. The queue is bounded by the number of pending fields and loads.
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
        object identity, ResolveContext context, Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load)
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

    private void Continue(ValueTask<object?> task, FieldPlan field, ResultNode node, int index)
    {
        pending++;
        var awaiter = task.GetAwaiter();
        awaiter.UnsafeOnCompleted(() => Enqueue(() =>
        {
            pending--;
            object? value;
            try
            {
                value = awaiter.GetResult();
            }
            catch (Exception failure) when (!EndsOperation(failure))
            {
                Fail(field, node, index, failure);
                return;
            }
            if (!node.IsDetached) CompleteValue(field, field.Definition.Type, value, node, index);
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
