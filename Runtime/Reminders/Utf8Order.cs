using System.Text;

namespace Tributary.Runtime.Reminders;

/// <summary>The order of strings by their UTF-8 bytes, which is the order of the stores; UTF-16 order differs beyond U+D7FF.</summary>
internal static class Utf8Order
{
    public static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
