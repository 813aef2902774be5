using System.Buffers.Binary;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// The frames that a server sends (AMQP 0-9-1, section 4.2.3), on their way to the client library. A frame with the
/// properties of a delivery waits here until it is complete and checked; all other frames pass.
/// </summary>
internal sealed class AmqpFrames
{
    /// <summary>
    /// The largest frame that the client agrees to, in bytes; a larger one, unless it holds properties, is an error.
    /// </summary>
    public const int MaxFrameBytes = 128 * 1024;

    /// <summary>
    /// The largest frame of properties that is held, in bytes; a larger one passes
    /// without its headers, whatever their size.
    /// </summary>
    private const int MaxHeldBytes = 2 * MaxFrameBytes;

    // Only short texts and numbers follow the headers.
    private const int MaxTailBytes = 4 * 1024;
    private const int HeadBytes = 7;
    private const int EndBytes = 1;
    private const byte Method = 1;
    private const byte Properties = 2;
    private const uint ConnectionStart = (10 << 16) | 10;

    // The library may have the bytes from start to passed; those from passed to end are not checked yet.
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int passed;
    private int end;

    // The bytes still to come of a frame that passes, and of headers that are left out.
    private long passing;
    private long leaving;

    // Of a frame whose headers were left out: the bytes before the headers, and the number of bytes after them.
    private byte[]? front;
    private int tail;

    /// <summary>Room for received bytes; <see cref="Added"/> tells how many were received.</summary>
    public Memory<byte> Room()
    {
        if (start == end)
            (start, passed, end) = (0, 0, 0);
        if (start > 0 && end == buffer.Length)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, passed, end) = (0, passed - start, end - start);
        }

        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        return buffer.AsMemory(end);
    }

    /// <exception cref="AmqpException">The bytes are no frame, or the frame is beyond its limits.</exception>
    public void Added(int count)
    {
        end += count;
        while (Advance())
        {
        }
    }

    /// <summary>
    /// Moves checked bytes to <paramref name="target"/>, as many as fit; 0 when more bytes must come first.
    /// </summary>
    public int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, passed - start);
        buffer.AsSpan(start, count).CopyTo(target);
        start += count;
        return count;
    }

    // One step further; false when more bytes must come first.
    private bool Advance()
    {
        if (passing > 0)
        {
            var count = (int)Math.Min(passing, end - passed);
            (passed, passing) = (passed + count, passing - count);
            return passing == 0;
        }

        if (leaving > 0)
        {
            var count = (int)Math.Min(leaving, end - passed);
            Replace(passed, count, []);
            leaving -= count;
            return leaving == 0;
        }

        if (front is not null)
            return AdvanceTail();
        if (end - passed < HeadBytes)
            return false;
        var size = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(passed + 3));
        return buffer[passed] switch
        {
            Properties when size > MaxHeldBytes => AdvanceLarge(size),
            Properties => AdvanceProperties((int)size),
            _ when size > MaxFrameBytes =>
                throw new AmqpException($"a frame of {size} bytes; allowed: at most {MaxFrameBytes}"),
            Method => AdvanceMethod((int)size),
            _ => Pass(size),
        };
    }

    private bool Pass(long size)
    {
        passing = HeadBytes + size + EndBytes;
        return true;
    }

    // A server sends a table in one method only, connection.start, before the client has logged in.
    private bool AdvanceMethod(int size)
    {
        const int TableAt = HeadBytes + 6;
        if (end - passed < HeadBytes + sizeof(uint))
            return false;
        if (size < sizeof(uint)
            || BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(passed + HeadBytes)) != ConnectionStart)
            return Pass(size);
        if (end - passed < HeadBytes + size + EndBytes)
            return false;
        var rest = buffer.AsSpan(passed + TableAt, Math.Max(0, HeadBytes + size - TableAt));
        var length = rest.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - sizeof(uint))
            throw new AmqpException("a greeting that is longer than its frame");
        return AmqpTables.FaultOf(rest.Slice(sizeof(uint), (int)length)) is { } fault
            ? throw new AmqpException($"a greeting with {fault}") : Pass(size);
    }

    private bool AdvanceProperties(int size)
    {
        if (end - passed < HeadBytes + size + EndBytes)
            return false;
        var payload = buffer.AsSpan(passed + HeadBytes, size);
        if (AmqpHeaders.Find(payload, size, out var isCut) is not { } headers)
            return isCut ? throw new AmqpException("the properties of a delivery end before their headers")
                : Pass(size);
        if (AmqpTables.FaultOf(payload.Slice(headers.At, (int)headers.Length)) is not { } fault)
            return Pass(size);

        var marker = AmqpHeaders.MarkerTable(fault);
        var shorter = (int)headers.Length + sizeof(uint) - marker.Length;
        Replace(passed + HeadBytes + headers.At - sizeof(uint), (int)headers.Length + sizeof(uint), marker);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(passed + 3), size - shorter);
        return Pass(size - shorter);
    }

    private bool AdvanceLarge(uint size)
    {
        var there = buffer.AsSpan(passed + HeadBytes, end - passed - HeadBytes);
        if (AmqpHeaders.Find(there, size, out var isCut) is not { } headers)
            return isCut ? false : throw new AmqpException($"properties of {size} bytes without headers");
        var behind = size - headers.At - headers.Length;
        if (behind > MaxTailBytes)
            throw new AmqpException(
                $"properties with {behind} bytes behind their headers; allowed: at most {MaxTailBytes}");
        var frontBytes = HeadBytes + headers.At - sizeof(uint);
        front = buffer.AsSpan(passed, frontBytes).ToArray();
        tail = (int)behind + EndBytes;
        leaving = headers.Length;
        Replace(passed, frontBytes + sizeof(uint), []);
        return true;
    }

    private bool AdvanceTail()
    {
        if (end - passed < tail)
            return false;
        var marker = AmqpHeaders.MarkerTable($"more bytes than fit a frame of {MaxHeldBytes}");
        var size = front!.Length - HeadBytes + marker.Length + tail - EndBytes;
        BinaryPrimitives.WriteInt32BigEndian(front.AsSpan(3), size);
        Replace(passed, 0, [.. front, .. marker]);
        front = null;
        return Pass(size);
    }

    private void Replace(int at, int count, ReadOnlySpan<byte> by)
    {
        var grown = end - count + by.Length;
        if (grown > buffer.Length)
            Array.Resize(ref buffer, Math.Max(grown, buffer.Length * 2));
        buffer.AsSpan(at + count, end - at - count).CopyTo(buffer.AsSpan(at + by.Length));
        by.CopyTo(buffer.AsSpan(at));
        end = grown;
    }
}
