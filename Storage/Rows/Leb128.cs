namespace Tributary.Storage.Rows;

/// <summary>Unsigned numbers of up to 32 bits as LEB128: seven bits to a byte, the lowest first.</summary>
internal static class Leb128
{
    /// <summary>The most bytes that a number can take.</summary>
    public const int MaxBytes = 5;

    /// <summary>Writes a number; returns how many bytes it takes.</summary>
    public static int Write(uint value, Span<byte> target)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number and takes it off <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">The bytes end inside it, or it has more than 32 bits.</exception>
    public static uint Read(ref ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i == MaxBytes)
                throw new FormatException("A stored list holds a number of more than 32 bits.");

            value |= (uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;

            bytes = bytes[(i + 1)..];
            return value;
        }

        throw new FormatException("A stored list ends inside a number.");
    }
}
