using System.Globalization;
using Tributary.Grains.Tests.Plugins;

namespace Tributary.Bench.Pipeline;

/// <summary>Pictures of 2 KB with EXIF tags, no two of them equal.</summary>
internal static class Pictures
{
    public const int SizeBytes = 2_048;

    private const int FoldersCount = 100;

    // Exif 2.3, sections 4.6.4 and 4.6.6.
    private const ushort Make = 0x010f, Model = 0x0110, ExposureTime = 0x829a, Sensitivity = 0x8827, TakenAt = 0x9003;
    private const ushort NorthOrSouth = 1, Latitude = 2, EastOrWest = 3, Longitude = 4;

    /// <summary>Writes the pictures below the folder.</summary>
    public static void Write(string folder, int count)
    {
        for (var i = 0; i < Math.Min(count, FoldersCount); i++)
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, PathOf(i)))!);
        for (var i = 0; i < count; i++)
            File.WriteAllBytes(Path.Combine(folder, PathOf(i)), New(i));
    }

    /// <summary>The path of a picture, relative to the folder, with slashes.</summary>
    public static string PathOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number % FoldersCount:00}/picture-{number}.jpg");

    // Bytes after the end of a picture belong to the content but not to the picture.
    private static byte[] New(int number)
    {
        var picture = ExifBytes.Jpeg(
            640, 480,
            [ExifBytes.Text(Make, "Example Optics"), ExifBytes.Text(Model, $"Model {number % 16}")],
            [ExifBytes.Fractions(ExposureTime, (1, 250)), ExifBytes.Number(Sensitivity, 400), ExifBytes.Text(TakenAt,
                "2026:02:03 16:28:39")],
            [
                ExifBytes.Text(NorthOrSouth,
                    "N"), ExifBytes.Fractions(Latitude, (48, 1), (8, 1), ((uint)(number % 60), 1)),
                ExifBytes.Text(EastOrWest, "E"), ExifBytes.Fractions(Longitude, (11, 1), (34, 1), (30, 1)),
            ]);
        var bytes = new byte[SizeBytes];
        new Random(number).NextBytes(bytes);
        picture.CopyTo(bytes, 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(picture.Length), number);
        return bytes;
    }
}
