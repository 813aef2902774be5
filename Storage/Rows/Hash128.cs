using System.Buffers.Binary;

namespace Tributary.Storage.Rows;

/// <summary>128-bit hashes as 16 bytes, big-endian.</summary>
internal static class Hash128
{
    public const int LengthBytes = 16;

    public static byte[] ToBytes(UInt128 hash)
    {
        var bytes = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return bytes;
    }

    public static UInt128 Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);
}
