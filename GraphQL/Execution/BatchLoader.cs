namespace Tributary.GraphQL.Execution;

/// <summary>A loader that the executor starts when nothing else can go on.</summary>
internal interface IBatch
{
    /// <summary>Starts to load what is waiting; false when nothing is.</summary>
    bool Dispatch();
}

/// <summary>
/// Collects keys while fields are resolved and loads them together, each once per request. Results are handed out by the executor's loop, all of one batch before
/// it looks for further batches: so the next level is complete, too, when it is loaded.
/// </summary>
public sealed class BatchLoader<TKey, TValue> : IBatch where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, TaskCompletionSource<TValue?>> known = [];
    private readonly Executor executor;
    private readonly ResolveContext context;
    private readonly Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load;
    private readonly int maxKeys;
    private List<TKey> waiting = [];

    internal BatchLoader(
        Executor executor, ResolveContext context, Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load, int maxKeys)
    {
        this.executor = executor;
        this.context = context;
        this.load = load;
        this.maxKeys = maxKeys;
    }

    /// <summary>The value of the key, null when the load did not give one. May be called from any thread.</summary>
    public Task<TValue?> Load(TKey key)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out var asked)) return asked.Task;
            known[key] = asked = new TaskCompletionSource<TValue?>();
            waiting.Add(key);
            if (waiting.Count == 1) executor.Wake();
            return asked.Task;
        }
    }

    internal async Task<object?> LoadBoxed(TKey key) => await Load(key);

    bool IBatch.Dispatch()
    {
        List<TKey> keys;
        lock (gate)
        {
            if (waiting.Count == 0) return false;
            (keys, waiting) = (waiting, []);
        }
        foreach (var chunk in keys.Count <= maxKeys ? [keys] : keys.Chunk(maxKeys).Select(c => (IReadOnlyList<TKey>)c)) Start(chunk);
        return true;
    }

    private void Start(IReadOnlyList<TKey> keys)
    {
        Task<IReadOnlyDictionary<TKey, TValue>> task;
        try
        {
            task = load(keys, context);
        }
        catch (Exception failure)
        {
            task = Task.FromException<IReadOnlyDictionary<TKey, TValue>>(failure);
        }
        if (task.IsCompleted) Finish(keys, task);
        else task.GetAwaiter().UnsafeOnCompleted(() => executor.Enqueue(() => Finish(keys, task)));
    }

    private void Finish(IReadOnlyList<TKey> keys, Task<IReadOnlyDictionary<TKey, TValue>> task)
    {
        foreach (var key in keys)
        {
            TaskCompletionSource<TValue?> asked;
            lock (gate) asked = known[key];
            if (task.IsCompletedSuccessfully) asked.SetResult(task.Result.TryGetValue(key, out var value) ? value : default);
            else if (task.IsCanceled) asked.SetCanceled(CancellationToken.None);
            else asked.SetException(task.Exception!.InnerExceptions);
        }
    }
}
