namespace Tributary;

/// <summary>
/// Integers in as few bytes as they need (LEB128): seven bits per byte, lowest first; signed ones in zigzag order.
/// </summary>
public static class Varint
{
    /// <summary>The most bytes that a number of 32 bits takes.</summary>
    public const int MaxBytes32 = 5;

    /// <summary>The most bytes that a number takes.</summary>
    public const int MaxBytes = 10;

    /// <summary>Writes a number; returns how many bytes it takes.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    public static void Write(List<byte> target, ulong value)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        target.AddRange((ReadOnlySpan<byte>)bytes[..Write(bytes, value)]);
    }

    public static void WriteSigned(List<byte> target, long value) =>
        Write(target, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Reads a number and takes it off <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">The bytes end inside it, or it is longer than allowed.</exception>
    public static ulong Read(ref ReadOnlySpan<byte> bytes, int maxBytes = MaxBytes)
    {
        var value = 0UL;
        for (var i = 0; i < bytes.Length && i < maxBytes; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;

            bytes = bytes[(i + 1)..];
            return value;
        }

        throw new FormatException($"A number of variable length does not end within {maxBytes} bytes.");
    }

    public static long ReadSigned(ref ReadOnlySpan<byte> bytes)
    {
        var value = Read(ref bytes);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
