using System.Buffers.Text;
using System.Text;
using Tributary.Api.Http;

namespace Tributary.Api.GraphQL;

/// <summary>
/// Global ids, and cursors of lists that are ordered by a key: opaque text that holds a kind and a key. The text is the
/// Base64url (RFC 4648) of <c>kind:key</c>.
/// </summary>
internal static class GlobalId
{
    public const string Message = "Message";
    public const string Item = "Item";
    public const string Aggregate = "Aggregate";

    /// <summary>The longest text that can be an id: the longest key, with room for the kind.</summary>
    private const int MaxLength = 4_096;

    private const int MaxStackBytes = 512;

    public static string Of(string kind, string key)
    {
        var maxBytes = Encoding.UTF8.GetMaxByteCount(kind.Length + 1 + key.Length);
        var plain = maxBytes <= MaxStackBytes ? stackalloc byte[maxBytes] : new byte[maxBytes];
        var length = Encoding.UTF8.GetBytes(kind, plain);
        plain[length++] = (byte)':';
        length += Encoding.UTF8.GetBytes(key, plain[length..]);
        return Base64Url.EncodeToString(plain[..length]);
    }

    /// <summary>Kind and key, or null when the text is no such id.</summary>
    public static (string Kind, string Key)? Parse(string text)
    {
        if (text.Length > MaxLength || OpaqueText.Read(text) is not { } plain)
            return null;
        var colon = plain.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (plain[..colon], plain[(colon + 1)..]);
    }

    /// <summary>The key behind a cursor of the list <paramref name="kind"/>.</summary>
    /// <exception cref="TributaryException"><c>cursor_invalid</c>.</exception>
    public static string KeyOfCursor(string kind, string cursor) =>
        Parse(cursor) is { } found && found.Kind == kind ? found.Key : throw CursorInvalid(cursor);

    public static TributaryException CursorInvalid(string cursor) =>
        new("cursor_invalid",
            $"Found '{ErrorText.Cut(cursor, 40)}'; allowed: the endCursor of an earlier page "
            + "of the same list.");
}
