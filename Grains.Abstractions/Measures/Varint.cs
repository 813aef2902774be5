namespace Tributary.Measures;

/// <summary>
/// Integers in as few bytes as they need: seven bits per byte, lowest first; signed integers in zigzag order.
/// </summary>
internal static class Varint
{
    public static void Write(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    public static void WriteSigned(List<byte> bytes, long value) => Write(bytes, (ulong)((value << 1) ^ (value >> 63)));

    public static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty)
                break;

            var part = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new FormatException("A number of variable length does not end.");
    }

    public static long ReadSigned(ref ReadOnlySpan<byte> bytes)
    {
        var value = Read(ref bytes);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
