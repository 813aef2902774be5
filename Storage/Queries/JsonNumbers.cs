namespace Tributary.Storage.Queries;

/// <summary>
/// Compares the texts of JSON numbers exactly, whatever their size: by sign, then by the power of ten of the first digit that is not
/// zero, then digit by digit. Nothing is computed, so a number of a million digits or a huge exponent costs no more than its text.
/// </summary>
internal static class JsonNumbers
{
    /// <summary>Exponents beyond this count as this.</summary>
    public const long MaxExponent = 1_000_000_000_000_000;

    /// <summary>Negative, zero or positive, as the left number is less than, equal to or greater than the right one.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = new Number(left);
        var b = new Number(right);
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
    private static byte Next(ref ReadOnlySpan<byte> digits)
    {
        if (!digits.IsEmpty && digits[0] == '.')
            digits = digits[1..];
        if (digits.IsEmpty)
            return (byte)'0';

        var digit = digits[0];
        digits = digits[1..];
        return digit;
    }

    private readonly ref struct Number
    {
        public Number(ReadOnlySpan<byte> text)
        {
            var negative = text[0] == '-';
            var mantissa = negative ? text[1..] : text;
            var exponent = 0L;
            var e = mantissa.IndexOfAny((byte)'e', (byte)'E');
            if (e >= 0)
            {
                exponent = Exponent(mantissa[(e + 1)..]);
                mantissa = mantissa[..e];
            }

            var first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
            if (first < 0)
                return;

            var point = mantissa.IndexOf((byte)'.');
            var whole = point < 0 ? mantissa.Length : point;
            Sign = negative ? -1 : 1;
            Power = exponent + (first < whole ? whole - first - 1 : whole - first);
            Digits = mantissa[first..];
        }

        public int Sign { get; }

        /// <summary>The power of ten of the first digit.</summary>
        public long Power { get; }

        /// <summary>From the first digit that is not zero, with the decimal point if it follows.</summary>
        public ReadOnlySpan<byte> Digits { get; }

        private static long Exponent(ReadOnlySpan<byte> text)
        {
            var negative = text[0] == '-';
            var value = 0L;
            foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
                value = Math.Min(value * 10 + (digit - '0'), MaxExponent);
            return negative ? -value : value;
        }
    }
}
