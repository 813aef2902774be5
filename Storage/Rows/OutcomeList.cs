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
        Write(outcome.Generation, target);
        Write(outcome.Aggregates.Count, target);
        foreach (var key in outcome.Aggregates)
        {
            Span<byte> bytes = Encoding.UTF8.GetBytes(key);
            Write(bytes.Length, target);
            target.AddRange((ReadOnlySpan<byte>)bytes);
        }
    }

    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, List<Outcome> target)
    {
        while (!bytes.IsEmpty)
        {
            var generation = (int)Leb128.Read(ref bytes);
            var keys = new List<string>();
            for (var left = Leb128.Read(ref bytes); left > 0; left--)
            {
                var length = Leb128.Read(ref bytes);
                if (length > bytes.Length)
                    throw new FormatException("A stored list of outcomes ends inside a key.");
                keys.Add(Encoding.UTF8.GetString(bytes[..(int)length]));
                bytes = bytes[(int)length..];
            }

            target.Add(new Outcome(generation, keys));
        }
    }

    private static void Write(int value, List<byte> target)
    {
        Span<byte> bytes = stackalloc byte[Leb128.MaxBytes];
        target.AddRange((ReadOnlySpan<byte>)bytes[..Leb128.Write((uint)value, bytes)]);
    }
}
