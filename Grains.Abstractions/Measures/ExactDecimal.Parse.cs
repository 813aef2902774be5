using System.Numerics;

namespace Tributary.Measures;

public readonly partial struct ExactDecimal
{
    private const int MaxUlongDigitsCount = 19;
    private const int MaxInt128DigitsCount = 38;
    private const int ExponentCeiling = 100_000_000;

    /// <summary>
    /// Reads the text of a JSON number (RFC 8259, section 6). False when the text is not a number, has more than
    /// <see cref="MaxDigitsCount"/> significant digits, or has an exponent beyond <see cref="MaxExponent"/>. Leading
    /// and trailing zeros are not significant.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ExactDecimal value)
    {
        value = default;
        Span<byte> digits = stackalloc byte[MaxDigitsCount];
        var scan = new Scan();
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var negative = at == 1;
        var first = at;
        while (at < text.Length && text[at] - (uint)'0' <= 9)
            scan.Take(text[at++], digits, inFraction: false);
        if (at == first || (at - first > 1 && text[first] == '0'))
            return false;

        if (at < text.Length && text[at] == '.')
        {
            first = ++at;
            while (at < text.Length && text[at] - (uint)'0' <= 9)
                scan.Take(text[at++], digits, inFraction: true);
            if (at == first)
                return false;
        }

        var exponent = 0;
        if (at < text.Length && !TryParseExponent(text, ref at, out exponent))
            return false;
        if (at != text.Length)
            return false;
        if (scan.Count == 0)
            return true;

        var places = scan.Scale - exponent;
        if (scan.Count > MaxDigitsCount || Math.Abs(scan.Count - 1 - places) > MaxExponent)
            return false;

        value = FromDigits(digits[..scan.Count], negative, places);
        return true;
    }

    /// <summary>
    /// Reads the text that <see cref="ToString"/> wrote, without the bounds for numbers from outside.
    /// </summary>
    internal static ExactDecimal ParseStored(string text)
    {
        var exponent = 0;
        var e = text.IndexOf('e', StringComparison.Ordinal);
        if (e >= 0)
            exponent = int.Parse(text.AsSpan(e + 1));
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var places = dot < 0 ? 0 : mantissa.Length - dot - 1;
        return new ExactDecimal(
            BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal)), places - exponent);
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, ref int at, out int exponent)
    {
        exponent = 0;
        if ((text[at] | 0x20) != 'e')
            return false;

        at++;
        var negative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
            at++;
        var first = at;
        for (; at < text.Length && text[at] - (uint)'0' <= 9; at++)
            exponent = Math.Min(exponent * 10 + (text[at] - '0'), ExponentCeiling);
        if (negative)
            exponent = -exponent;
        return at > first;
    }

    private static ExactDecimal FromDigits(ReadOnlySpan<byte> digits, bool negative, int places)
    {
        if (digits.Length > MaxInt128DigitsCount)
        {
            var number = BigInteger.Zero;
            foreach (var digit in digits)
                number = number * 10 + digit;
            return new ExactDecimal(negative ? -number : number, places);
        }

        var low = 0UL;
        foreach (var digit in digits[..Math.Min(digits.Length, MaxUlongDigitsCount)])
            low = low * 10 + digit;
        Int128 value = low;
        for (var i = MaxUlongDigitsCount; i < digits.Length; i++)
            value = value * 10 + digits[i];
        return new ExactDecimal(negative ? -value : value, places);
    }

    /// <summary>Collects significant digits; holds zeros back until a digit follows them.</summary>
    private struct Scan
    {
        private int zeros;
        private int fraction;

        /// <summary>
        /// The number of significant digits found; digits after <see cref="MaxDigitsCount"/> are counted, not kept.
        /// </summary>
        public int Count { get; private set; }

        /// <summary>The scale of the last significant digit.</summary>
        public int Scale { get; private set; }

        public void Take(byte character, Span<byte> digits, bool inFraction)
        {
            if (inFraction)
                fraction++;
            if (character == '0')
            {
                if (Count == 0)
                    return;
                zeros++;
                if (!inFraction)
                    Scale--;
                return;
            }

            for (; zeros > 0; zeros--)
                Keep(0, digits);
            Keep((byte)(character - '0'), digits);
            Scale = fraction;
        }

        private void Keep(byte digit, Span<byte> digits)
        {
            if (Count < digits.Length)
                digits[Count] = digit;
            Count++;
        }
    }
}
