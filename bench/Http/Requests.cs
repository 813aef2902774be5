using System.Globalization;
using System.Text;

namespace Tributary.Bench.Http;

/// <summary>Requests as bytes, prepared before the clock runs.</summary>
internal static class Requests
{
    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

    public static byte[] Post(string path, string mediaType, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {mediaType}\r\nContent-Length: "
            + $"{body.Length}\r\n\r\n"));
        return [.. head, .. body];
    }

    /// <summary>
    /// A client must mask its frames (RFC 6455, section 5.3); with a mask of zeros the payload is unchanged.
    /// </summary>
    public static byte[] TextFrame(ReadOnlySpan<byte> payload) =>
        [0x81, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];

    public static byte[] Upgrade(string path) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: "
        + "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}
