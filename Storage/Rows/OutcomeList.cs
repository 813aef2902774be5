using System.Text;
using Tributary.Messages;

namespace Tributary.Storage.Rows;

/// <summary>
/// Outcomes one after the other: the generation, the number of aggregates, and each key as its length and its UTF-8
/// bytes, all numbers as LEB128. Concatenated lists are one list.
/// </summary>
internal static class OutcomeList
{
    public static void Write(Outcome outcome, List<byte> target)
    {
        Varint.Write(target, (uint)outcome.Generation);
        Varint.Write(target, (uint)outcome.Aggregates.Count);
        foreach (var key in outcome.Aggregates)
        {
            Span<byte> bytes = Encoding.UTF8.GetBytes(key);
            Varint.Write(target, (uint)bytes.Length);
            target.AddRange((ReadOnlySpan<byte>)bytes);
        }
    }

    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, List<Outcome> target)
    {
        while (!bytes.IsEmpty)
        {
            var generation = (int)Varint.Read(ref bytes, Varint.MaxBytes32);
            var keys = new List<string>();
            for (var left = (uint)Varint.Read(ref bytes, Varint.MaxBytes32); left > 0; left--)
            {
                var length = (uint)Varint.Read(ref bytes, Varint.MaxBytes32);
                if (length > bytes.Length)
                    throw new FormatException("A stored list of outcomes ends inside a key.");
                keys.Add(Encoding.UTF8.GetString(bytes[..(int)length]));
                bytes = bytes[(int)length..];
            }

            target.Add(new Outcome(generation, keys));
        }
    }
}
