using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tributary;

/// <summary>
/// The identity of an external id: its source and the id, as the first 128 bits of a SHA-256, within the partition of
/// the item that it belongs to.
/// </summary>
public readonly record struct ExternalKey(UInt128 Hash)
{
    public static ExternalKey Of(string source, string externalId) =>
        // The length prefix keeps ("ab", "c") and ("a", "bc") apart.
        new(Sha256Prefix(Encoding.UTF8.GetBytes($"{source.Length}:{source}{externalId}")));

    /// <summary>The first 128 bits of the SHA-256 of <paramref name="bytes"/>, big-endian.</summary>
    public static UInt128 Sha256Prefix(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
