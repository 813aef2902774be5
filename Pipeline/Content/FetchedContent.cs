using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tributary.Connectors;

namespace Tributary.Pipeline.Content;

/// <summary>Fetched content: in memory, or in a scratch file that is deleted when the content is disposed of.</summary>
public sealed class FetchedContent : IDisposable
{
    private readonly ReadOnlyMemory<byte> memory;
    private readonly IScratchFile? file;

    private FetchedContent(
        ReadOnlyMemory<byte> memory, IScratchFile? file, long length, string sha256, ReadOnlyMemory<byte> head,
        string? declared)
    {
        this.memory = memory;
        this.file = file;
        Length = length;
        Sha256 = sha256;
        Head = head;
        DeclaredMediaType = declared;
    }

    /// <summary>The content's length in bytes.</summary>
    public long Length { get; }

    /// <summary>The content's SHA-256 in lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>
    /// The beginning of the content, from which the media type is told; the whole content when it is in memory.
    /// </summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>The media type that the store gives, or null.</summary>
    public string? DeclaredMediaType { get; }

    /// <summary>The path of the scratch file; null when the content is in memory.</summary>
    public string? Path => file?.Path;

    public static FetchedContent InMemory(ReadOnlyMemory<byte> content, string? declaredMediaType = null) =>
        new(
            content, null, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)), content,
            declaredMediaType);

    public static FetchedContent InFile(
        IScratchFile file, long length, byte[] sha256, ReadOnlyMemory<byte> head, string? declaredMediaType) =>
        new(default, file, length, Convert.ToHexStringLower(sha256), head, declaredMediaType);

    /// <summary>A new stream of the content, from the beginning.</summary>
    public Stream Open()
    {
        if (file is not null)
            return file.OpenRead();
        // The stream is not writable and does not give its array away, so no plugin can change the content for the next
        // one.
        return MemoryMarshal.TryGetArray(memory, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false, publiclyVisible: false)
            : new MemoryStream(memory.ToArray(), writable: false);
    }

    public void Dispose() => file?.Dispose();
}
