using System.Text;

namespace Tributary.Connectors.Content;

/// <summary>The rules that the stores share for names of objects in containers, which become paths of URLs.</summary>
internal static class ObjectNames
{
    public const int MaxBytes = 1024;

    private const string Allowed =
        "the name of an object: 1 to 1024 bytes of UTF-8 without U+0000 and without '.' and '..' between slashes";

    /// <summary>
    /// The name with everything but slashes escaped. Refuses dot segments, which a URL would resolve:
    /// they could lead to another container.
    /// </summary>
    /// <exception cref="ConnectorException">The location cannot be a name.</exception>
    public static string Escape(string location, Faults faults)
    {
        var bytes = Encoding.UTF8.GetByteCount(location);
        if (bytes is 0 or > MaxBytes)
            throw faults.Invalid(location, $"{bytes} bytes", Allowed);
        var segments = location.Split('/');
        if (location.Contains('\0') || segments.Any(segment => segment is "." or "..") || !IsWellFormed(location))
            throw faults.Invalid(location, "what is no name", Allowed);
        return string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
