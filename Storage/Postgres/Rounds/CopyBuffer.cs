using System.Buffers.Binary;
using System.Text;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>Rows in the binary format of COPY, in one growing buffer that is used again.</summary>
internal sealed class CopyBuffer
{
    private const int NullLength = -1;

    private byte[] bytes = new byte[256 * 1024];
    private int length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public int Length => length;

    public void Clear() => length = 0;

    /// <summary>The signature, no flags, no extension.</summary>
    public void Header() =>
        (
            (ReadOnlySpan<byte>)
                [
                    (byte)'P',
                    (byte)'G',
                    (byte)'C',
                    (byte)'O',
                    (byte)'P',
                    (byte)'Y',
                    (byte)'\n',
                    0xFF,
                    (byte)'\r',
                    (byte)'\n',
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                ]
        ).CopyTo(Take(19));

    public void Row(int fieldCount) => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)fieldCount);

    public void Trailer() => BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);

    public void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), NullLength);

    public void Field(int value)
    {
        var target = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(target, 4);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], value);
    }

    public void Field(long value)
    {
        var target = Take(12);
        BinaryPrimitives.WriteInt32BigEndian(target, 8);
        BinaryPrimitives.WriteInt64BigEndian(target[4..], value);
    }

    public void Field(Guid value)
    {
        var target = Take(20);
        BinaryPrimitives.WriteInt32BigEndian(target, 16);
        value.TryWriteBytes(target[4..], bigEndian: true, out _);
    }

    public void Field(string value)
    {
        Reserve(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var written = Encoding.UTF8.GetBytes(value, bytes.AsSpan(length + 4));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(length), written);
        length += 4 + written;
    }

    public void Field(ReadOnlySpan<byte> value)
    {
        var target = Take(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(target, value.Length);
        value.CopyTo(target[4..]);
    }

    private Span<byte> Take(int count)
    {
        Reserve(count);
        var target = bytes.AsSpan(length, count);
        length += count;
        return target;
    }

    private void Reserve(int count)
    {
        if (bytes.Length - length < count)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
    }
}
