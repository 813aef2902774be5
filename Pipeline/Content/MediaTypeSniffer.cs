using Tributary.Messages;

namespace Tributary.Pipeline.Content;

/// <summary>Tells the media type of content from its beginning: containers, then signatures, then texts.</summary>
public static class MediaTypeSniffer
{
    /// <param name="head">The beginning of the content, or all of it.</param>
    /// <param name="length">The length of the content, in bytes.</param>
    /// <returns>
    /// A media type in lower case, without parameters; <see cref="MediaTypes.Unknown"/> when nothing is known.
    /// </returns>
    public static string Sniff(ReadOnlySpan<byte> head, long length) =>
        Containers.Find(head)
        ?? Signatures.Find(head)
        ?? TextSniffer.Find(head, head.Length == length)
        ?? MediaTypes.Unknown;
}
