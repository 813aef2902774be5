using System.Text.Json;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>How one grain storage writes states. It reads states of either format.</summary>
public sealed class GrainStorageOptions
{
    /// <summary>
    /// The format of states that are written from now on. Orleans' binary format lets types change as messages do: new
    /// members have new <c>[Id]</c>s. JSON can be read by other programs.
    /// </summary>
    public GrainStateFormat Format { get; set; } = GrainStateFormat.Orleans;

    /// <summary>For states in JSON.</summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);

    /// <summary>The most bytes of one state; a larger one is refused.</summary>
    public int MaxStateBytes { get; set; } = 16 << 20;
}

/// <summary>The limits of the batches in which the states of all grains of a silo are read and written.</summary>
public sealed class GrainBatchOptions
{
    /// <summary>Most states of one transaction; others wait for the next.</summary>
    public int MaxCount { get; set; } = 1_000;

    /// <summary>
    /// Most states of one read; others wait for the next. Nobody knows the sizes of states before they are read.
    /// </summary>
    public int MaxReadCount { get; set; } = 64;

    /// <summary>About how many bytes of states one transaction writes; others wait for the next.</summary>
    public long MaxBytes { get; set; } = 4 << 20;

    /// <summary>Most states that wait; a further one is refused as overloaded.</summary>
    public int MaxWaitingCount { get; set; } = 100_000;

    /// <summary>Most bytes of states that wait to be written; more are refused as overloaded.</summary>
    public long MaxWaitingBytes { get; set; } = 256 << 20;

    /// <summary>Most reads of batches at once.</summary>
    public int MaxReadsCount { get; set; } = 2;

    /// <summary>
    /// How long a read or write waits and is tried while the database is away. Then its grain sees the error, and its
    /// next write begins with what is stored.
    /// </summary>
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The first wait after a failure; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    internal Backoff Retries => new(RetryDelay, MaxRetryDelay);

    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1: nothing would ever run.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReadCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReadsCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingBytes, 1);
    }
}
