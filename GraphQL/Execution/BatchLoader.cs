namespace Tributary.GraphQL.Execution;

/// <summary>A loader that the executor starts when no field can go on without it.</summary>
internal interface IBatch
{
    /// <summary>Starts to load the waiting keys; false when none waits.</summary>
    bool Dispatch();
}

/// <summary>A place of the response that waits for its value.</summary>
internal readonly record struct Place(FieldPlan Field, ResultNode Node, int Index);

/// <summary>
/// Collects keys while fields are resolved, and loads them together, each once per request. The executor's loop hands
/// out all results of one batch before it starts further batches, so the next level's batch is complete when it loads.
/// </summary>
public sealed class BatchLoader<TKey, TValue> : IBatch where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, PendingKey> known = [];
    private readonly Executor executor;
    private readonly ResolveContext context;
    private readonly Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load;
    private readonly int maxKeys;
    private List<TKey> waiting = [];

    internal BatchLoader(
        Executor executor,
        ResolveContext context,
        Func<IReadOnlyList<TKey>, ResolveContext, Task<IReadOnlyDictionary<TKey, TValue>>> load,
        int maxKeys)
    {
        this.executor = executor;
        this.context = context;
        this.load = load;
        this.maxKeys = maxKeys;
    }

    /// <summary>The value of the key; null when the load did not return one. May be called from any thread.</summary>
    public Task<TValue?> Load(TKey key)
    {
        lock (gate) return Ask(key).Task;
    }

    /// <summary>
    /// Fills a place of the response with the value of the key. Only for the executor's loop; cheaper than a task.
    /// </summary>
    internal void LoadInto(TKey key, Place place)
    {
        PendingKey pending;
        lock (gate)
        {
            pending = Ask(key);
            if (!pending.IsLoaded) pending.Places.Add(place);
        }
        executor.Expect();
        if (pending.IsLoaded) executor.Complete(place, pending.Value, pending.Failure);
    }

    bool IBatch.Dispatch()
    {
        List<TKey> keys;
        lock (gate)
        {
            if (waiting.Count == 0) return false;
            (keys, waiting) = (waiting, []);
        }
        foreach (var chunk in keys.Count <= maxKeys ? [keys] : keys.Chunk(maxKeys).Select(c => (IReadOnlyList<TKey>)c))
            Start(chunk);
        return true;
    }

    /// <summary>Called with the lock held.</summary>
    private PendingKey Ask(TKey key)
    {
        if (known.TryGetValue(key, out var pending)) return pending;
        known[key] = pending = new PendingKey();
        waiting.Add(key);
        if (waiting.Count == 1) executor.Wake();
        return pending;
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
        // The loop completes the places, not this thread: all batches of this pass start
        // before any field asks for more keys.
        if (task.IsCompleted) executor.Enqueue(() => Finish(keys, task));
        else task.GetAwaiter().UnsafeOnCompleted(() => executor.Enqueue(() => Finish(keys, task)));
    }

    private void Finish(IReadOnlyList<TKey> keys, Task<IReadOnlyDictionary<TKey, TValue>> task)
    {
        IReadOnlyDictionary<TKey, TValue>? values = null;
        Exception? failed = null;
        try
        {
            values = task.GetAwaiter().GetResult();
        }
        catch (Exception failure)
        {
            failed = failure;
        }
        foreach (var key in keys)
        {
            PendingKey pending;
            lock (gate)
            {
                pending = known[key];
                pending.Finish(values is not null && values.TryGetValue(key, out var value) ? value : default, failed);
            }
            pending.Tell();
            // From here on every request for the key is answered at once, so no place is added while this runs.
            foreach (var place in pending.Places) executor.Complete(place, pending.Value, failed);
        }
    }

    /// <summary>A key, with the places and tasks that wait for it.</summary>
    private sealed class PendingKey
    {
        private TaskCompletionSource<TValue?>? task;

        public List<Place> Places { get; } = new(1);

        public bool IsLoaded { get; private set; }

        public TValue? Value { get; private set; }

        public Exception? Failure { get; private set; }

        /// <summary>Read with the lock held.</summary>
        public Task<TValue?> Task
        {
            get
            {
                if (task is not null) return task.Task;
                task = new TaskCompletionSource<TValue?>();
                if (IsLoaded) Tell();
                return task.Task;
            }
        }

        public void Finish(TValue? value, Exception? failure)
        {
            Value = value;
            Failure = failure;
            IsLoaded = true;
        }

        public void Tell()
        {
            if (task is null) return;
            if (Failure is null) task.TrySetResult(Value);
            else if (Failure is OperationCanceledException) task.TrySetCanceled(CancellationToken.None);
            else task.TrySetException(Failure);
        }
    }
}
