using System.Buffers.Binary;
using System.Text;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// The headers of a delivery, in the frame that holds its properties (AMQP 0-9-1, section 4.2.6.1). Headers that the
/// client library cannot read are replaced by one that says so: the delivery arrives with its body and its other
/// properties, and is refused like any other.
/// </summary>
internal static class AmqpHeaders
{
    /// <summary>The code under which such deliveries are refused.</summary>
    public const string Code = "headers_invalid";

    /// <summary>The header that takes the place of those that cannot be read.</summary>
    public const string Marker = "x-tributary-fault";

    // Class, weight, length of the body, flags.
    private const int FlagsAt = 12;
    private const int FixedBytes = 14;
    private const int HeadersFlag = 1 << 13;

    /// <summary>What is wrong with the headers that a delivery came with, or null.</summary>
    public static string? FaultOf(IDictionary<string, object?>? headers) =>
        headers is not null && headers.TryGetValue(Marker, out var fault) && fault is byte[] text
            ? Encoding.UTF8.GetString(text) : null;

    /// <summary>
    /// Where the table of the headers is: its place behind its length, and its length. Null when there are none.
    /// </summary>
    /// <param name="properties">The payload of the frame, or as much of it as is there.</param>
    /// <param name="isCut">True when so little is there that it cannot be told.</param>
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

        // In front of them are the media type and the encoding, two short texts.
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

    /// <summary>The length and the entries of a table that holds the marker alone.</summary>
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

/// <summary>What a server sends is no AMQP 0-9-1, or beyond its limits: the connection is of no use.</summary>
internal sealed class AmqpException(string found) : IOException($"The server sent what no client can read: {found}.");
