using System.Buffers.Binary;

namespace Tributary.Storage.Indexing;

/// <summary>
/// Numbers as bytes in the order of their values: the sign; the power of ten of the first digit; the digits, two to a
/// byte. Behind the sign of a negative number every byte is turned round, so that the larger magnitude comes first.
/// </summary>
internal static class NumberKey
{
    /// <summary>Two digits each; what follows is cut off, towards zero.</summary>
    private const int MaxDigitBytes = 64;

    private const byte Negative = 0;
    private const byte Zero = 1;
    private const byte Positive = 2;

    // Powers from -64 to 63 take one byte between these two, which stand in front of eight more.
    private const byte BelowShort = 0x00;
    private const byte ShortMiddle = 0x80;
    private const byte AboveShort = 0xFF;
    private const int MinShortPower = -64;
    private const int MaxShortPower = 63;

    /// <summary>Writes at most 75 bytes; returns how many.</summary>
    public static int Write(JsonNumber number, Span<byte> target, out bool isExact)
    {
        isExact = true;
        target[0] = number.Sign switch { < 0 => Negative, 0 => Zero, _ => Positive };
        if (number.Sign == 0)
            return 1;

        var length = 1 + WritePower(number.Power, target[1..]);
        length += WriteDigits(number.Digits, target[length..], out isExact);
        if (number.Sign > 0)
            return length;

        for (var i = 1; i < length; i++)
            target[i] = (byte)~target[i];
        // Ends the digits with more than any of them, so that -1.2 comes after -1.23.
        target[length] = 0xFF;
        return length + 1;
    }

    private static int WritePower(long power, Span<byte> target)
    {
        if (power is >= MinShortPower and <= MaxShortPower)
        {
            target[0] = (byte)(ShortMiddle + power);
            return 1;
        }

        target[0] = power < 0 ? BelowShort : AboveShort;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], (ulong)power ^ (1UL << 63));
        return 9;
    }

    /// <summary>Bytes from 1 to 100, without zeros at the end: the start of a longer number comes before it.</summary>
    private static int WriteDigits(ReadOnlySpan<byte> digits, Span<byte> target, out bool isExact)
    {
        var (length, end) = (0, 0);
        while (!digits.IsEmpty && length < MaxDigitBytes)
        {
            var pair = (JsonNumbers.Next(ref digits) - '0') * 10;
            pair += JsonNumbers.Next(ref digits) - '0';
            target[length++] = (byte)(1 + pair);
            if (pair != 0)
                end = length;
        }

        isExact = digits.IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
        return end;
    }
}
