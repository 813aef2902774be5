namespace Tributary.Storage.InMemory;

/// <summary>Faults by number; without any entry, a store that always works and never waits.</summary>
public sealed class ScriptedFaults : IStoreFaults
{
    /// <summary>Fates by <see cref="StoreOperation.Number"/>.</summary>
    public Dictionary<long, StoreFate> ByNumber { get; } = [];

    /// <summary>Fates by kind of operation and <see cref="StoreOperation.CallNumber"/>.</summary>
    public Dictionary<(StoreCall Call, long CallNumber), StoreFate> ByCall { get; } = [];

    /// <summary>The fate of an operation without an entry; null lets it proceed.</summary>
    public Func<StoreOperation, StoreFate>? Rule { get; set; }

    /// <summary>Decides which bodies are poison; null for none.</summary>
    public Predicate<ReadOnlyMemory<byte>>? Poison { get; set; }

    /// <summary>Awaited before each operation; may be null.</summary>
    public Func<StoreOperation, ValueTask>? DelayBefore { get; set; }

    /// <summary>Awaited while the transaction of each commit is open; may be null.</summary>
    public Func<StoreOperation, ValueTask>? WhileOpen { get; set; }

    /// <summary>Awaited after each operation, before its answer; may be null.</summary>
    public Func<StoreOperation, ValueTask>? DelayAfter { get; set; }

    public async ValueTask<StoreFate> BeforeAsync(StoreOperation operation)
    {
        if (DelayBefore is { } delay)
            await delay(operation);

        return
            ByNumber.TryGetValue(operation.Number, out var fate)
            || ByCall.TryGetValue((operation.Call, operation.CallNumber), out fate)
            ? fate
            : Rule?.Invoke(operation) ?? StoreFate.Proceed;
    }

    public ValueTask WhileOpenAsync(StoreOperation operation) => WhileOpen?.Invoke(operation) ?? default;

    public ValueTask AfterAsync(StoreOperation operation) => DelayAfter?.Invoke(operation) ?? default;

    public bool IsPoison(ReadOnlyMemory<byte> body) => Poison?.Invoke(body) ?? false;
}
