using System.Numerics;

namespace Tributary.Measures;

/// <summary>
/// The registers of a HyperLogLog with 2^12 registers: standard error 1.04 / √4096 = 1.6 %. The estimate is Otmar
/// Ertl's improved raw estimator (arXiv:1702.01284, algorithm 6), which needs no bias tables.
/// </summary>
internal static class HyperLogLog
{
    public const int Precision = 12;
    public const int RegistersCount = 1 << Precision;
    public const int PackedBytes = RegistersCount * 6 / 8;
    private const int HashBits = 64 - Precision;

    public static void Add(byte[] registers, ulong hash)
    {
        var index = (int)(hash >> HashBits);
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1);
        if (registers[index] < rank)
            registers[index] = rank;
    }

    public static void Union(byte[] registers, byte[] others)
    {
        for (var i = 0; i < RegistersCount; i += Vector<byte>.Count)
            Vector.Max(new Vector<byte>(registers, i), new Vector<byte>(others, i)).CopyTo(registers, i);
    }

    public static double Estimate(byte[] registers)
    {
        Span<int> histogram = stackalloc int[HashBits + 2];
        histogram.Clear();
        foreach (var register in registers)
            histogram[register]++;

        const double m = RegistersCount;
        var z = m * Tau((m - histogram[HashBits + 1]) / m);
        for (var k = HashBits; k >= 1; k--)
            z = 0.5 * (z + histogram[k]);
        z += m * Sigma(histogram[0] / m);
        return m / (2 * Math.Log(2)) * m / z;
    }

    /// <summary>Packs four registers of six bits into three bytes.</summary>
    public static byte[] Pack(byte[] registers)
    {
        var packed = new byte[PackedBytes];
        for (int i = 0, at = 0; i < RegistersCount; i += 4, at += 3)
        {
            var bits = registers[i] | (registers[i + 1] << 6) | (registers[i + 2] << 12) | (registers[i + 3] << 18);
            packed[at] = (byte)bits;
            packed[at + 1] = (byte)(bits >> 8);
            packed[at + 2] = (byte)(bits >> 16);
        }

        return packed;
    }

    public static byte[] Unpack(byte[] packed)
    {
        if (packed.Length != PackedBytes)
            throw new FormatException(
                $"A distinct measure has {packed.Length} bytes of registers; allowed: {PackedBytes}.");

        var registers = new byte[RegistersCount];
        for (int i = 0, at = 0; i < RegistersCount; i += 4, at += 3)
        {
            var bits = packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16);
            for (var j = 0; j < 4; j++)
                registers[i + j] = (byte)((bits >> (6 * j)) & 0x3F);
        }

        return registers;
    }

    private static double Sigma(double x)
    {
        if (x >= 1)
            return double.PositiveInfinity;

        var (y, z) = (1.0, x);
        for (var last = double.NaN; z != last;)
        {
            x *= x;
            last = z;
            z += x * y;
            y += y;
        }

        return z;
    }

    private static double Tau(double x)
    {
        if (x is <= 0 or >= 1)
            return 0;

        var (y, z) = (1.0, 1 - x);
        for (var last = double.NaN; z != last;)
        {
            x = Math.Sqrt(x);
            last = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }

        return z / 3;
    }
}
