namespace Tributary.GraphQL.Execution;

/// <summary>A loader that the executor starts when nothing else can go on.</summary>
internal interface IBatch
{
    /// <summary>Starts to load what is waiting; false when nothing is.</summary>
    bool Dispatch();
}

/// <summary>A place of the response that waits for its value.</summary>
internal readonly record struct Place(FieldPlan Field, ResultNode Node, int Index);

/// <summary>
/// Collects keys while fields are resolved and loads them together, each once per request. Results are handed out by
/// the executor's loop, all of one batch before it looks for further batches: so the next level is complete, too, when
/// it is loaded.
/// </summary>
public sealed class BatchLoader<TKey, TValue> : IBatch where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Asked> known = [];
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

    /// <summary>The value of the key, null when the load did not give one. May be called from any thread.</summary>
    public Task<TValue?> Load(TKey key)
    {
        lock (gate) return Ask(key).Task;
    }

    /// <summary>
    /// Puts the value of the key into a place of the response; called by the executor's loop, and cheaper than a task.
    /// </summary>
    internal void LoadInto(TKey key, Place place)
    {
        Asked asked;
        lock (gate)
        {
            asked = Ask(key);
            if (!asked.IsLoaded) asked.Places.Add(place);
        }
        executor.Expect();
        if (asked.IsLoaded) executor.Complete(place, asked.Value, asked.Failure);
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
    private Asked Ask(TKey key)
    {
        if (known.TryGetValue(key, out var asked)) return asked;
        known[key] = asked = new Asked();
        waiting.Add(key);
        if (waiting.Count == 1) executor.Wake();
        return asked;
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
        // Places are completed by the loop and not here: the batches of this pass all start before anything asks for
        // more.
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
            Asked asked;
            lock (gate)
            {
                asked = known[key];
                asked.Finish(values is not null && values.TryGetValue(key, out var value) ? value : default, failed);
            }
            asked.Tell();
            // Whoever asks from here on is answered at once, so nothing is added while this runs.
            foreach (var place in asked.Places) executor.Complete(place, asked.Value, failed);
        }
    }

    /// <summary>A key with those who wait for it.</summary>
    private sealed class Asked
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
