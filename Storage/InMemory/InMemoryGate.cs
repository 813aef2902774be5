namespace Tributary.Storage.InMemory;

/// <summary>
/// The way into the database for all operations but commits: counts an operation, asks for its fate, and runs it.
/// </summary>
internal sealed class InMemoryGate(InMemoryDatabase database, IStoreFaults faults, Action crash)
{
    private readonly Dictionary<StoreCall, long> callNumbers = [];
    private long number;

    /// <summary>True when the process is dead.</summary>
    public bool IsClosed { get; set; }

    public static StoreException Crashed() => new(StoreFault.Transient, "The process of this store has crashed.");

    public static StoreException Lost(StoreOperation operation) =>
        new(
            StoreFault.Transient,
            $"Operation {operation.Number} ({operation.Call} {operation.CallNumber}) failed by a scripted fault.");

    public StoreOperation Begin(StoreCall call)
    {
        lock (database.Gate)
            return new StoreOperation(call, ++number, callNumbers[call] = callNumbers.GetValueOrDefault(call) + 1);
    }

    public async ValueTask<T> RunAsync<T>(StoreCall call, Func<T> work)
    {
        var operation = Begin(call);
        var fate = await faults.BeforeAsync(operation);
        if (fate == StoreFate.CrashBefore)
            crash();

        ThrowIfClosed();
        if (fate is not (StoreFate.Proceed or StoreFate.LoseAnswer or StoreFate.CrashAfter))
            throw Lost(operation);

        T result;
        lock (database.Gate)
            result = work();

        if (fate == StoreFate.CrashAfter)
            crash();
        else
            await faults.AfterAsync(operation);

        ThrowIfClosed();
        return fate == StoreFate.LoseAnswer ? throw Lost(operation) : result;
    }

    private void ThrowIfClosed()
    {
        if (IsClosed)
            throw Crashed();
    }
}
