using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Tributary.Bench.Measures;

/// <summary>Objects of 300 bytes that begin with the time of sending.</summary>
internal static class StampedMessages
{
    private const int BodyBytes = 300;
    private const int DigitsCount = 19;
    private static readonly byte[] Before = "{\"sent\":\""u8.ToArray();

    /// <summary>An object sent now.</summary>
    public static byte[] New()
    {
        var sentAt = Stopwatch.GetTimestamp().ToString(new string('0', DigitsCount));
        var head = $$"""
            {"sent":"{{sentAt}}","region":"region-1","kind":"kind-1","customer":"customer-1","amount":1,"note":"
            """;
        return Encoding.UTF8.GetBytes(head + new string('n', BodyBytes - head.Length - 2) + "\"}");
    }

    /// <summary>When the object was sent.</summary>
    public static long SentAt(ReadOnlySpan<byte> body) =>
        Utf8Parser.TryParse(body.Slice(Before.Length, DigitsCount), out long sentAt, out _)
            ? sentAt
            : throw new InvalidOperationException("A frame is not what was posted.");
}
