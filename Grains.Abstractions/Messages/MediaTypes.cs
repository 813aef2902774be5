namespace Tributary.Messages;

/// <summary>Media types as they are stored and compared: in lower case and without parameters.</summary>
public static class MediaTypes
{
    public const string Json = "application/json";

    /// <summary>Of what nothing is known.</summary>
    public const string Unknown = "application/octet-stream";

    /// <summary>The type of a header, without its parameters.</summary>
    public static string WithoutParameters(string header)
    {
        var end = header.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? header : header[..end]).Trim().ToLowerInvariant();
    }
}
