using System.Globalization;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>
/// The name of a message's activity: <c>sequence.id</c>. A result without its message still says which message it is
/// of.
/// </summary>
internal readonly record struct ProcessName(long Sequence, MessageId Id)
{
    private const string ParkedEnd = ".parked";

    /// <summary>
    /// True for <c>sequence.id.parked</c>. Earlier versions gave this name to the first activity of a message that was
    /// parked when it was accepted; <see cref="ProcessPayload.IsParked"/> says it now.
    /// </summary>
    public bool IsOfParked { get; init; }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Id.Value:N}{(IsOfParked ? ParkedEnd : "")}");

    public static bool TryParse(string name, out ProcessName parsed)
    {
        parsed = default;
        var isOfParked = name.EndsWith(ParkedEnd, StringComparison.Ordinal);
        var text = isOfParked ? name.AsSpan(0, name.Length - ParkedEnd.Length) : name;
        var point = text.IndexOf('.');
        if (point < 0
            || !long.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !Guid.TryParseExact(text[(point + 1)..], "N", out var id))
        {
            return false;
        }

        parsed = new ProcessName(sequence, new MessageId(id)) { IsOfParked = isOfParked };
        return true;
    }
}
