namespace Tributary.Storage.Indexing;

/// <summary>
/// Compares the texts of JSON numbers exactly, whatever their size: by sign, then by the power of ten of the first
/// digit that is not zero, then digit by digit. Nothing is computed, so a number of a million digits or a huge exponent
/// costs no more than its text.
/// </summary>
public static class JsonNumbers
{
    /// <summary>
    /// Negative, zero or positive, as the left number is less than, equal to or greater than the right one.
    /// </summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = new JsonNumber(left);
        var b = new JsonNumber(right);
        if (a.Sign != b.Sign || a.Sign == 0)
            return a.Sign.CompareTo(b.Sign);
        return a.Sign * (a.Power != b.Power ? a.Power.CompareTo(b.Power) : CompareDigits(a.Digits, b.Digits));
    }

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty || !right.IsEmpty)
        {
            var order = Next(ref left).CompareTo(Next(ref right));
            if (order != 0)
                return order;
        }

        return 0;
    }

    /// <summary>The next digit, and zero after the last one.</summary>
    internal static byte Next(ref ReadOnlySpan<byte> digits)
    {
        if (!digits.IsEmpty && digits[0] == '.')
            digits = digits[1..];
        if (digits.IsEmpty)
            return (byte)'0';

        var digit = digits[0];
        digits = digits[1..];
        return digit;
    }
}
