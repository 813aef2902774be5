using Tributary.Storage.InMemory;

namespace Tributary.TestingHost.Simulation;

/// <summary>A store that is slow and fails at random, until it is told to calm down.</summary>
/// <param name="world">Where time and chance come from.</param>
/// <param name="faultRate">The share of operations that fail, from 0 to 1.</param>
/// <param name="crash">Called when an operation takes the process down with it.</param>
public sealed class SeededFaults(SimulationWorld world, double faultRate, Action crash) : IStoreFaults
{
    // Longer than a lease would be silly; long enough that rounds pile up behind a commit.
    private const int MaxDelayMs = 400;

    /// <summary>Until then, in virtual time, every operation fails.</summary>
    public TimeSpan DownUntil { get; set; }

    /// <summary>Until then, in virtual time, no commit finds room.</summary>
    public TimeSpan FullUntil { get; set; }

    /// <summary>True when everything works again.</summary>
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

    public ValueTask AfterAsync(StoreOperation operation) => new(DelayAsync());

    /// <summary>A body that contains the word: the database refuses it always, faults or not.</summary>
    public bool IsPoison(ReadOnlyMemory<byte> body) => body.Span.IndexOf("poison"u8) >= 0;

    private StoreFate Crash(StoreFate fate)
    {
        // The store closes at once; the rest of the process follows when this turn of the world is over.
        world.Post(_ => crash(), null);
        return fate;
    }

    private Task DelayAsync() => IsCalm || world.Random.Next(3) == 0
        ? Task.CompletedTask
        : world.Delay(TimeSpan.FromMilliseconds(Math.Pow(world.Random.NextDouble(), 4) * MaxDelayMs));
}
