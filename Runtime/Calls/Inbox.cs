using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Calls;

/// <summary>
/// What waits for the loop, by class of work. Bounded by count and bytes: when full, a call is refused and nothing is
/// lost, because nothing was promised. Outlives the incarnations of its silo.
/// </summary>
internal sealed class Inbox(RoundOptions options)
{
    // 2^38 bytes and 2^25 calls: far above the highest limits that a configuration may set.
    private const int BytesBits = 38;
    private const long One = 1L << BytesBits;
    private const long MaxBytes = One - 1;
    private const long MaxTaken = 32 * One;

    private readonly ConcurrentQueue<Input>[] queues =
        [new(), new(), new(), new()];

    // Count and bytes in one number, so that a call that comes costs one atomic step and one that goes another.
    private Padded waiting;

    // What was taken and still counts as waiting: one atomic step for several calls. Only the one that takes sees it.
    private long taken;
    private volatile bool isClosed;
    private volatile StoreException? refusal;

    /// <summary>Calls that wait, or are on their way in: a call is counted before it looks whether the inbox is closed.</summary>
    public int Count => (int)(Volatile.Read(ref waiting.Value) >> BytesBits);

    /// <summary>Bytes of the calls that wait.</summary>
    public long Bytes => Volatile.Read(ref waiting.Value) & MaxBytes;

    /// <summary>Calls of one class that wait.</summary>
    public int CountOf(WorkClass workClass) => queues[(int)workClass].Count;

    /// <summary>Refuses calls from now on.</summary>
    public void Close() => isClosed = true;

    /// <summary>Refuses calls with this error; null takes them again. A full disk does not refuse reads.</summary>
    public void Refuse(StoreException? error) => refusal = error;

    /// <summary>
    /// Takes a call from outside, or throws <see cref="OverloadedException"/>, or <see cref="StoreException"/> while nothing can be stored.
    /// </summary>
    public void Add(Input input, WorkClass workClass)
    {
        var size = input.SizeBytes;
        var all = Interlocked.Add(ref waiting.Value, One + size);
        var counted = all >> BytesBits;
        var held = all & MaxBytes;
        // Counted first: whoever sees the inbox closed and the count at zero knows that no call slips in any more.
        if (isClosed)
        {
            Withdraw(size);
            throw new OverloadedException("The silo is stopping; another one, or this one after its restart, takes the call.", options.RetryAfter);
        }

        if (refusal is { } refused && !(workClass == WorkClass.Reads && refused.Fault == StoreFault.Full))
        {
            Withdraw(size);
            throw new StoreException(refused.Fault, refused.Message);
        }

        if (counted > options.MaxWaitingCallsCount || (held > options.MaxWaitingBytes && held > size))
        {
            Withdraw(size);
            throw new OverloadedException(
                $"The silo's inbox is full ({options.MaxWaitingCallsCount} calls, {options.MaxWaitingBytes} bytes).", options.RetryAfter);
        }

        queues[(int)workClass].Enqueue(input);
    }

    /// <summary>Takes back an input that was taken before, or one of the silo's own; these are bounded where they come from.</summary>
    public void Return(Input input, WorkClass workClass)
    {
        Interlocked.Add(ref waiting.Value, One + input.SizeBytes);
        queues[(int)workClass].Enqueue(input);
    }

    public bool TryTake(WorkClass workClass, [NotNullWhen(true)] out Input? input)
    {
        if (!queues[(int)workClass].TryDequeue(out input))
        {
            WithdrawTaken();
            return false;
        }

        taken += One + input.SizeBytes;
        if (taken > MaxTaken)
            WithdrawTaken();
        return true;
    }

    private void WithdrawTaken()
    {
        if (taken == 0)
            return;
        Interlocked.Add(ref waiting.Value, -taken);
        taken = 0;
    }

    private void Withdraw(int size) => Interlocked.Add(ref waiting.Value, -(One + size));

    // Callers and the loop write the number all the time: on a cache line of its own it slows down nothing else.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Padded
    {
        [FieldOffset(64)]
        public long Value;
    }
}
