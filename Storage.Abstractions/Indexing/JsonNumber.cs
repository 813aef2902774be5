namespace Tributary.Storage.Indexing;

/// <summary>
/// The parts of a JSON number's text that tell its value: equal values have equal parts, but for zeros at the end of
/// the digits.
/// </summary>
public readonly ref struct JsonNumber
{
    /// <summary>Exponents beyond this count as this.</summary>
    public const long MaxExponent = 1_000_000_000_000_000;

    /// <param name="text">A valid JSON number.</param>
    public JsonNumber(ReadOnlySpan<byte> text)
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

    /// <summary>-1, 0 or 1.</summary>
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
