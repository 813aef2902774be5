using System.Globalization;
using Tributary.Storage.Failures;

namespace Tributary.Api.Processing;

/// <summary>The mark of a failure in the order of failures, as text: <c>position/plugin</c>.</summary>
internal static class PartMarkText
{
    public static string Of(PartMark mark) =>
        mark.Message.Value.ToString(CultureInfo.InvariantCulture) + "/" + mark.Plugin;

    /// <summary>Null when the text is no mark.</summary>
    public static PartMark? Read(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return
            slash > 0
            && long.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? new PartMark(new Position(position), text[(slash + 1)..])
            : null;
    }
}
