using System.Buffers.Binary;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// Checks the field tables of AMQP 0-9-1 (section 4.2.5.5) before the client library reads them. The library reads
/// nested values by recursion and ends the connection at an unknown type. This check walks without recursion: it keeps
/// its place in an array of bounded length.
/// </summary>
internal static class AmqpTables
{
    /// <summary>The deepest nesting of tables and arrays, the outermost table counted.</summary>
    public const int MaxDepth = 64;

    // The library turns the value into a System.Decimal, whose scale is at most 28.
    private const byte MaxDecimalScale = 28;

    /// <summary>Null when the library can read the table, else the reason why not.</summary>
    /// <param name="table">The entries, without the length field before them.</param>
    public static string? FaultOf(ReadOnlySpan<byte> table)
    {
        Span<int> ends = stackalloc int[MaxDepth];
        Span<bool> areTables = stackalloc bool[MaxDepth];
        var depth = 0;
        ends[0] = table.Length;
        areTables[0] = true;
        for (var at = 0; ;)
        {
            while (at == ends[depth])
            {
                if (depth-- == 0)
                    return null;
            }

            if (areTables[depth])
                at += 1 + table[at];
            if (at >= ends[depth])
                return "a field without a value";
            var type = table[at++];
            if (type is (byte)'F' or (byte)'A')
            {
                if (ReadLength(table, ends[depth], ref at) is not { } length)
                    return "a value that is longer than what holds it";
                if (depth + 1 == MaxDepth)
                    return $"tables and arrays nested deeper than {MaxDepth}";
                depth++;
                ends[depth] = at + length;
                areTables[depth] = type == (byte)'F';
                continue;
            }

            if (type is (byte)'S' or (byte)'x')
            {
                if (ReadLength(table, ends[depth], ref at) is not { } length)
                    return "a value that is longer than what holds it";
                at += length;
                continue;
            }

            if (SizeOf(type) is not { } size)
                return $"a value of the unknown type 0x{type:x2}";
            if (size > ends[depth] - at)
                return "a value that is longer than what holds it";
            if (type == (byte)'D' && table[at] > MaxDecimalScale)
                return $"a decimal of the scale {table[at]}; allowed: at most {MaxDecimalScale}";
            at += size;
        }
    }

    // Null when the table ends before so many bytes.
    private static int? ReadLength(ReadOnlySpan<byte> table, int end, ref int at)
    {
        if (end - at < sizeof(uint))
            return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(table[at..]);
        at += sizeof(uint);
        return length <= end - at ? (int)length : null;
    }

    private static int? SizeOf(byte type) => (char)type switch
    {
        'V' => 0,
        't' or 'b' or 'B' => 1,
        's' or 'u' => 2,
        'I' or 'i' or 'f' => 4,
        'D' => 5,
        'l' or 'd' or 'T' => 8,
        _ => null,
    };
}
