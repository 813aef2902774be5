using System.Buffers.Binary;
using System.Text;

namespace Tributary.Connectors.Tests.Brokers.Amqp;

/// <summary>Pieces of AMQP 0-9-1 as a server sends them.</summary>
internal static class AmqpBytes
{
    public const byte Method = 1;
    public const byte Header = 2;
    public const byte Body = 3;

    public static byte[] Frame(byte type, byte[] payload) => [type, 0, 1, .. Length(payload.Length), .. payload, 0xCE];

    /// <summary>The properties of a delivery: media type, headers and message id.</summary>
    /// <param name="headers">The entries of the table, or null for none.</param>
    public static byte[] Properties(byte[]? headers, string messageId = "id") =>
    [
        0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, (byte)(headers is null ? 0x80 : 0xA0), 0x80,
        .. Short("text/plain"), .. headers is null ? [] : (byte[])[.. Length(headers.Length), .. headers],
            .. Short(messageId),
    ];

    public static byte[] Field(string name, char type, params byte[] value) => [.. Short(name), (byte)type, .. value];

    public static byte[] Long(byte[] value) => [.. Length(value.Length), .. value];

    public static byte[] Short(string text) => [(byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Length(int count)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        return bytes;
    }
}
