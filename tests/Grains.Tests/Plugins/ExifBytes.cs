using System.Buffers.Binary;
using System.Text;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>
/// Writes the smallest pictures that carry EXIF tags: a JPEG's frame around directories of TIFF 6.0, little-endian.
/// </summary>
internal static class ExifBytes
{
    private const ushort Byte = 1, Ascii = 2, Short = 3, Long = 4, Rational = 5;
    private const int HeaderBytes = 8;

    internal sealed record Entry(ushort Tag, ushort Type, uint Count, byte[] Value);

    public static Entry Text(ushort tag, string text) =>
        new(tag, Ascii, (uint)text.Length + 1, Encoding.ASCII.GetBytes(text + "\0"));

    public static Entry Number(ushort tag, ushort number) => new(tag, Short, 1, BitConverter.GetBytes(number));

    public static Entry Flag(ushort tag, byte number) => new(tag, Byte, 1, [number]);

    public static Entry Fractions(ushort tag, params (uint Above, uint Below)[] fractions) =>
        new(
            tag, Rational, (uint)fractions.Length,
            [
                .. fractions.SelectMany(one =>
                    BitConverter.GetBytes(one.Above).Concat(BitConverter.GetBytes(one.Below))),
            ]);

    /// <param name="main">Camera and picture (IFD0).</param>
    /// <param name="exif">The exposure (Exif SubIFD).</param>
    public static byte[] Jpeg(int width, int height, List<Entry> main, List<Entry> exif, List<Entry> gps)
    {
        var tiff = Tiff(main, exif, gps);
        byte[] segment = [.. "Exif\0\0"u8, .. tiff];
        return
        [
            0xff, 0xd8, // start
            0xff, 0xe1, .. BigEndian(segment.Length + 2), .. segment,
            0xff, 0xc0, 0, 11, 8, .. BigEndian(height), .. BigEndian(width), 1, 1, 0x11, 0, // a grey frame
            0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f, // its scan
            0xff, 0xd9,
        ];
    }

    private static byte[] Tiff(List<Entry> main, List<Entry> exif, List<Entry> gps)
    {
        Entry Pointer(ushort tag, int at) => new(tag, Long, 1, BitConverter.GetBytes(at));
        var exifAt = HeaderBytes + SizeOf([.. main, Pointer(0x8769, 0), Pointer(0x8825, 0)]);
        var gpsAt = exifAt + SizeOf(exif);
        return
        [
            .. "II"u8, 42, 0, .. BitConverter.GetBytes(HeaderBytes),
            .. Directory([.. main, Pointer(0x8769, exifAt), Pointer(0x8825, gpsAt)], HeaderBytes),
            .. Directory(exif, exifAt),
            .. Directory(gps, gpsAt),
        ];
    }

    private static int SizeOf(List<Entry> entries) =>
        6 + 12 * entries.Count + entries.Where(entry => entry.Value.Length > 4).Sum(entry => entry.Value.Length);

    private static byte[] Directory(List<Entry> entries, int at)
    {
        var bytes = new List<byte>(BitConverter.GetBytes((ushort)entries.Count));
        var data = new List<byte>();
        var dataAt = at + 6 + 12 * entries.Count;
        foreach (var entry in entries.OrderBy(entry => entry.Tag))
        {
            bytes.AddRange([
                .. BitConverter.GetBytes(entry.Tag),
                .. BitConverter.GetBytes(entry.Type),
                .. BitConverter.GetBytes(entry.Count),
            ]);
            if (entry.Value.Length > 4)
            {
                bytes.AddRange(BitConverter.GetBytes(dataAt + data.Count));
                data.AddRange(entry.Value);
            }
            else
            {
                bytes.AddRange([.. entry.Value, .. new byte[4 - entry.Value.Length]]);
            }
        }

        return [.. bytes, 0, 0, 0, 0, .. data];
    }

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)number);
        return bytes;
    }
}
