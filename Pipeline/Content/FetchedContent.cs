using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tributary.Connectors;

namespace Tributary.Pipeline.Content;

/// <summary>Content that is here: in memory or in a scratch file, which is deleted when this is disposed of.</summary>
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

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>In lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The beginning, for telling the media type; all of it when it is in memory.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>What the store says that it is, or null.</summary>
    public string? DeclaredMediaType { get; }

    /// <summary>The scratch file, or null when it is in memory.</summary>
    public string? Path => file?.Path;

    public static FetchedContent InMemory(ReadOnlyMemory<byte> content, string? declaredMediaType = null) =>
        new(
            content, null, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)), content,
            declaredMediaType);

    public static FetchedContent InFile(IScratchFile file, long length, byte[] sha256, ReadOnlyMemory<byte> head, string? declaredMediaType) =>
        new(default, file, length, Convert.ToHexStringLower(sha256), head, declaredMediaType);

    /// <summary>A reading of its own, from the beginning.</summary>
    public Stream Open()
    {
        if (file is not null)
            return file.OpenRead();
        // Neither writable nor giving its array away: what one plugin reads is what the next one reads.
        return MemoryMarshal.TryGetArray(memory, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false, publiclyVisible: false)
            : new MemoryStream(memory.ToArray(), writable: false);
    }

    public void Dispose() => file?.Dispose();
}
