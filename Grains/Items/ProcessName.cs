using System.Globalization;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// What an item calls the activity of one of its messages: <c>sequence.id</c>, and <c>sequence.id.parked</c> for one
/// that was parked as it was accepted. So a result that comes without its message still says which one it is of.
/// </summary>
/// <param name="Before">The status of the message until the item holds something of it.</param>
internal readonly record struct ProcessName(long Sequence, MessageId Id, MessageStatus Before)
{
    private const string ParkedEnd = ".parked";

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Sequence}.{Id.Value:N}{(Before == MessageStatus.Parked ? ParkedEnd : "")}");

    public static bool TryParse(string name, out ProcessName parsed)
    {
        parsed = default;
        var isParked = name.EndsWith(ParkedEnd, StringComparison.Ordinal);
        var text = isParked ? name.AsSpan(0, name.Length - ParkedEnd.Length) : name;
        var point = text.IndexOf('.');
        if (point < 0
            || !long.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !Guid.TryParseExact(text[(point + 1)..], "N", out var id))
        {
            return false;
        }

        parsed = new ProcessName(
            sequence, new MessageId(id), isParked ? MessageStatus.Parked : MessageStatus.Processing);
        return true;
    }
}
