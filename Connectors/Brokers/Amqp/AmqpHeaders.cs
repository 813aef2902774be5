using System.Buffers.Binary;
using System.Text;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// The headers of a delivery, in the frame that holds its properties (AMQP 0-9-1, section 4.2.6.1). Headers that the
/// client library cannot read are replaced by one marker header: the delivery arrives with its body and its other
/// properties, and is refused like any other.
/// </summary>
internal static class AmqpHeaders
{
    /// <summary>The error code of a delivery with unreadable headers.</summary>
    public const string Code = "headers_invalid";

    /// <summary>The marker: the header that takes the place of unreadable headers.</summary>
    public const string Marker = "x-tributary-fault";

    // Class (2 bytes), weight (2), length of the body (8), flags (2).
    private const int FlagsAt = 12;
    private const int FixedBytes = 14;
    private const int HeadersFlag = 1 << 13;

    /// <summary>The fault of the headers that a delivery came with, or null.</summary>
    public static string? FaultOf(IDictionary<string, object?>? headers) =>
        headers is not null && headers.TryGetValue(Marker, out var fault) && fault is byte[] text
            ? Encoding.UTF8.GetString(text) : null;

    /// <summary>
    /// Finds the table of the headers: the place after its length field, and its length. Null when there is none.
    /// </summary>
    /// <param name="properties">The payload of the frame, or the part of it received so far.</param>
    /// <param name="isCut">True when too little of the payload is there to tell.</param>
    /// <exception cref="AmqpException">The payload holds no properties.</exception>
    public static (int At, long Length)? Find(ReadOnlySpan<byte> properties, long payloadBytes, out bool isCut)
    {
        isCut = properties.Length < FixedBytes;
        if (isCut)
            return payloadBytes < FixedBytes
                ? throw new AmqpException($"a frame of properties has {payloadBytes} bytes") : null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(properties[FlagsAt..]);
        if ((flags & HeadersFlag) == 0)
            return null;

        // Two short texts, the media type and the encoding, precede the headers.
        var at = FixedBytes;
        for (var flag = 1 << 15; flag > HeadersFlag; flag >>= 1)
        {
            if ((flags & flag) == 0)
                continue;
            isCut = at >= properties.Length;
            if (isCut)
                return null;
            at += 1 + properties[at];
        }

        isCut = properties.Length - at < sizeof(uint);
        if (isCut)
            return at + sizeof(uint) > payloadBytes
                ? throw new AmqpException("the properties of a delivery end before their headers") : null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(properties[at..]);
        at += sizeof(uint);
        return length <= payloadBytes - at ? (at, length)
            : throw new AmqpException("the headers of a delivery are longer than their frame");
    }

    /// <summary>The length and the entries of a table with only the marker.</summary>
    public static byte[] MarkerTable(string fault)
    {
        var (key, text) = (Encoding.UTF8.GetBytes(Marker), Encoding.UTF8.GetBytes($"The headers have {fault}."));
        var table = new byte[sizeof(uint) + 1 + key.Length + 1 + sizeof(uint) + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(table, table.Length - sizeof(uint));
        table[4] = (byte)key.Length;
        key.CopyTo(table, 5);
        table[5 + key.Length] = (byte)'S';
        BinaryPrimitives.WriteInt32BigEndian(table.AsSpan(6 + key.Length), text.Length);
        text.CopyTo(table, 10 + key.Length);
        return table;
    }
}

/// <summary>The server's bytes are not AMQP 0-9-1 or are beyond its limits: the connection cannot go on.</summary>
internal sealed class AmqpException(string found) : IOException($"The server sent what no client can read: {found}.");
