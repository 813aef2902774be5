using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tributary.Storage;

namespace Tributary.Rounds.Calls;

/// <summary>
/// The calls that wait for the loop, by class of work. Bounded by count and bytes: a full inbox refuses a call, and
/// nothing is lost, because nothing was promised. Outlives the incarnations of its silo.
/// </summary>
internal sealed class Inbox(RoundOptions options)
{
    // Count and bytes share one number: 2^38 bytes and 2^25 calls, far above the highest limits of a configuration.
    private const int BytesBits = 38;
    private const long One = 1L << BytesBits;
    private const long MaxBytes = One - 1;

    private const int MaxLooksCount = 3;

    private readonly ConcurrentQueue<Input>[] queues =
        [new(), new(), new(), new()];

    // The sum of all calls that ever came, and of all that were ever taken. Both sums overflow, and their difference is
    // right all the same. So a call costs its sender one atomic step, and the loop that takes it none.
    private Padded came;
    private Padded taken;
    private volatile bool isClosed;
    private volatile StoreException? refusal;

    /// <summary>
    /// Calls that wait, or are on their way in: a call is counted before it checks whether the inbox is closed.
    /// </summary>
    public int Count => (int)(Held() >> BytesBits);

    /// <summary>Bytes of the calls that wait.</summary>
    public long Bytes => Held() & MaxBytes;

    /// <summary>Calls of one class that wait.</summary>
    public int CountOf(WorkClass workClass) => queues[(int)workClass].Count;

    /// <summary>Refuses calls from now on.</summary>
    public void Close() => isClosed = true;

    /// <summary>Refuses calls with this error; null takes them again. A full disk does not refuse reads.</summary>
    public void Refuse(StoreException? error) => refusal = error;

    /// <summary>
    /// Takes a call from outside, or throws <see cref="OverloadedException"/>, or <see cref="StoreException"/> while
    /// nothing can be stored.
    /// </summary>
    public void Add(Input input, WorkClass workClass)
    {
        var size = input.SizeBytes;
        Interlocked.Add(ref came.Value, One + size);
        // Counted first: a thread that sees the inbox closed and the count at zero knows that no further call slips in.
        if (isClosed)
        {
            Withdraw(size);
            throw new OverloadedException(
                "The silo is stopping; another one, or this one after its restart, takes the call.",
                options.RetryAfter);
        }

        if (refusal is { } refused && !(workClass == WorkClass.Reads && refused.Fault == StoreFault.Full))
        {
            Withdraw(size);
            throw new StoreException(refused.Fault, refused.Message);
        }

        if (IsFull(size))
        {
            Withdraw(size);
            throw new OverloadedException(
                $"The silo's inbox is full ({options.MaxWaitingCallsCount} calls, {options.MaxWaitingBytes} bytes).",
                options.RetryAfter);
        }

        queues[(int)workClass].Enqueue(input);
    }

    /// <summary>
    /// Takes back an input that was taken before, or adds an input of the silo itself; these are bounded at their
    /// source.
    /// </summary>
    public void Return(Input input, WorkClass workClass)
    {
        Interlocked.Add(ref came.Value, One + input.SizeBytes);
        queues[(int)workClass].Enqueue(input);
    }

    /// <summary>Takes the oldest call of a class. Only one thread at a time takes.</summary>
    public bool TryTake(WorkClass workClass, [NotNullWhen(true)] out Input? input)
    {
        if (!queues[(int)workClass].TryDequeue(out input))
            return false;
        Volatile.Write(ref taken.Value, taken.Value + One + input.SizeBytes);
        return true;
    }

    // A thread that is held up between the two reads of Held counts calls that came and went meanwhile: it looks again.
    private bool IsFull(int size)
    {
        for (var look = 0; look < MaxLooksCount; look++)
        {
            var held = Held();
            var bytes = held & MaxBytes;
            if (held >> BytesBits <= options.MaxWaitingCallsCount
                && (bytes <= options.MaxWaitingBytes || bytes <= size))
                return false;
        }

        return true;
    }

    // The taken sum is read first: a call that comes and goes meanwhile counts as waiting, and the difference is never
    // negative.
    private long Held()
    {
        var gone = Volatile.Read(ref taken.Value);
        return Volatile.Read(ref came.Value) - gone;
    }

    private void Withdraw(int size) => Interlocked.Add(ref came.Value, -(One + size));

    // Callers and the loop write these numbers all the time: each has a cache line of its own, so that writing one
    // slows down no access to the other.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Padded
    {
        [FieldOffset(64)]
        public long Value;
    }
}
