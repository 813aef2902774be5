using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tributary.Messages;

/// <summary>
/// The identity of an external id: the first 128 bits of the SHA-256 of source, item and id. A row with this key lies
/// in the item's partition, which the key determines, so the partition adds nothing to the scope.
/// </summary>
public readonly record struct ExternalKey(UInt128 Hash)
{
    // Two lengths, and three identifiers of the greatest length.
    private const int StackBytes = (2 * sizeof(int)) + (3 * 512);

    public static ExternalKey Of(string source, string item, string externalId)
    {
        var textBytes = Encoding.UTF8.GetByteCount(source) + Encoding.UTF8.GetByteCount(item)
            + Encoding.UTF8.GetByteCount(externalId);
        var count = (2 * sizeof(int)) + textBytes;
        Span<byte> bytes = count <= StackBytes ? stackalloc byte[StackBytes] : new byte[count];

        // The lengths keep ("ab", "c", "d") and ("a", "bc", "d") apart.
        var end = 2 * sizeof(int);
        var sourceBytes = Encoding.UTF8.GetBytes(source, bytes[end..]);
        end += sourceBytes;
        var itemBytes = Encoding.UTF8.GetBytes(item, bytes[end..]);
        end += itemBytes;
        end += Encoding.UTF8.GetBytes(externalId, bytes[end..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes, sourceBytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[sizeof(int)..], itemBytes);
        return new(Sha256Prefix(bytes[..end]));
    }

    /// <summary>
    /// The key without the item. Ids of new items are derived from it. Databases from before schema version 5 hold
    /// external ids under it; there it is unique within the partition of an item.
    /// </summary>
    public static ExternalKey Unscoped(string source, string externalId) =>
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
