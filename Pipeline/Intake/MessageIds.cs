namespace Tributary.Pipeline.Intake;

/// <summary>
/// Makes the ids of messages: UUIDs version 7 (RFC 9562) that ascend within this source of ids, 4,096 per millisecond;
/// further ids borrow from the next millisecond (section 6.2, method 3).
/// </summary>
/// <param name="random">Gives 64 random bits; callable from many threads.</param>
public sealed class MessageIds(Func<ulong> random)
{
    private const int CounterBits = 12;

    private long last;

    /// <summary>The next id for a message received at this time.</summary>
    public MessageId Next(DateTimeOffset receivedAt)
    {
        var now = receivedAt.ToUnixTimeMilliseconds() << CounterBits;
        long stamp;
        for (var seen = Volatile.Read(ref last); ; seen = Volatile.Read(ref last))
        {
            stamp = Math.Max(now, seen + 1);
            if (Interlocked.CompareExchange(ref last, stamp, seen) == seen)
                break;
        }

        var high = ((ulong)(stamp >> CounterBits) << 16) | 0x7000 | ((ulong)stamp & 0xFFF);
        var low = (random() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new MessageId(new Guid(bytes, bigEndian: true));
    }
}
