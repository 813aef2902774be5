using Tributary.Storage.InMemory;

namespace Tributary.TestingHost.Simulation;

/// <summary>Makes a store slow and makes its operations fail at random, until <see cref="IsCalm"/> is set.</summary>
/// <param name="world">The source of time and chance.</param>
/// <param name="faultRate">The share of operations that fail, from 0 to 1.</param>
/// <param name="crash">Called when an operation crashes the process.</param>
public sealed class SeededFaults(SimulationWorld world, double faultRate, Action crash) : IStoreFaults
{
    // Shorter than a lease, but long enough that rounds pile up behind a commit.
    private const int MaxDelayMs = 400;

    /// <summary>Every operation fails until this virtual time.</summary>
    public TimeSpan DownUntil { get; set; }

    /// <summary>No commit finds room until this virtual time.</summary>
    public TimeSpan FullUntil { get; set; }

    /// <summary>The longest time for which the transaction of a commit stays open while others begin and end.</summary>
    public TimeSpan MaxOpenTime { get; init; }

    /// <summary>True when nothing fails any more.</summary>
    public bool IsCalm { get; set; }

    public async ValueTask<StoreFate> BeforeAsync(StoreOperation operation)
    {
        await DelayAsync();
        if (!IsCalm && world.Time.Elapsed < DownUntil)
            return StoreFate.Fail;
        if (!IsCalm && operation.Call == StoreCall.Commit && world.Time.Elapsed < FullUntil)
            return StoreFate.Full;
        if (IsCalm || world.Random.NextDouble() >= faultRate)
            return StoreFate.Proceed;
        if (operation.Call != StoreCall.Commit)
            return world.Random.Next(8) == 0 ? Crash(StoreFate.CrashBefore)
                : world.Random.Next(2) == 0 ? StoreFate.Fail
                : StoreFate.LoseAnswer;
        return world.Random.Next(8) switch
        {
            7 => StoreFate.Full,
            0 or 1 => StoreFate.Fail,
            2 or 3 => StoreFate.LoseAnswer,
            4 => StoreFate.HappenLate,
            5 => Crash(StoreFate.CrashBefore),
            _ => Crash(StoreFate.CrashAfter),
        };
    }

    public ValueTask WhileOpenAsync(StoreOperation operation) =>
        IsCalm || MaxOpenTime == TimeSpan.Zero || world.Random.Next(3) > 0
            ? default : new ValueTask(world.Delay(world.Random.NextDouble() * MaxOpenTime));

    public ValueTask AfterAsync(StoreOperation operation) => new(DelayAsync());

    /// <summary>
    /// True for a body that contains this word: the database always refuses it, with or without faults.
    /// </summary>
    public bool IsPoison(ReadOnlyMemory<byte> body) => body.Span.IndexOf("poison"u8) >= 0;

    private StoreFate Crash(StoreFate fate)
    {
        // The store closes at once; the rest of the process follows after this step of the world.
        world.Post(_ => crash(), null);
        return fate;
    }

    private Task DelayAsync() => IsCalm || world.Random.Next(3) == 0
        ? Task.CompletedTask
        : world.Delay(TimeSpan.FromMilliseconds(Math.Pow(world.Random.NextDouble(), 4) * MaxDelayMs));
}
