namespace Tributary.Storage.Rows;

/// <summary>
/// The generations that a message contributed to, in order, as unsigned LEB128 numbers one after the other: one byte
/// for each of the first 127 generations of a database.
/// </summary>
internal static class GenerationList
{
    /// <summary>The most bytes that <paramref name="count"/> generations can take.</summary>
    public static int MaxBytes(int count) => count * Varint.MaxBytes32;

    /// <summary>Writes the list into <paramref name="target"/>; returns the number of bytes.</summary>
    public static int Write(IReadOnlyList<int> generations, Span<byte> target)
    {
        var length = 0;
        for (var i = 0; i < generations.Count; i++)
            length += Varint.Write(target[length..], (uint)generations[i]);
        return length;
    }

    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public static IReadOnlyList<int> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];

        var generations = new List<int>(bytes.Length);
        while (!bytes.IsEmpty)
            generations.Add((int)Varint.Read(ref bytes, Varint.MaxBytes32));
        return generations;
    }
}
