namespace Tributary.Storage.Rows;

/// <summary>
/// The generations that a message contributed to, in order, as unsigned LEB128 numbers one after the other: one byte
/// for each of the first 127 generations of a database.
/// </summary>
internal static class GenerationList
{
    /// <summary>The most bytes that <paramref name="count"/> generations can take.</summary>
    public static int MaxBytes(int count) => count * 5;

    /// <summary>Writes the list into <paramref name="target"/>; returns the number of bytes.</summary>
    public static int Write(IReadOnlyList<int> generations, Span<byte> target)
    {
        var length = 0;
        for (var i = 0; i < generations.Count; i++)
        {
            var rest = (uint)generations[i];
            while (rest >= 0x80)
            {
                target[length++] = (byte)(rest | 0x80);
                rest >>= 7;
            }

            target[length++] = (byte)rest;
        }

        return length;
    }

    public static byte[] ToBytes(IReadOnlyList<int> generations)
    {
        if (generations.Count == 0)
            return [];

        var buffer = new byte[MaxBytes(generations.Count)];
        return buffer[..Write(generations, buffer)];
    }

    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public static IReadOnlyList<int> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];

        var generations = new List<int>(bytes.Length);
        uint value = 0;
        var shift = 0;
        foreach (var b in bytes)
        {
            if (shift > 28)
                throw new FormatException("A stored list of generations holds a number of more than 32 bits.");

            value |= (uint)(b & 0x7F) << shift;
            shift += 7;
            if (b >= 0x80)
                continue;

            generations.Add((int)value);
            value = 0;
            shift = 0;
        }

        if (shift != 0)
            throw new FormatException("A stored list of generations ends inside a number.");

        return generations;
    }
}
