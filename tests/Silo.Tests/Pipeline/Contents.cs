using System.Security.Cryptography;
using System.Text;
using Tributary.Grains.Tests.Plugins;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// Files of several kinds, some of them the same as others, and what an independent look at them finds.
/// </summary>
internal sealed class Contents
{
    private const int MaxTextChars = 4_000;

    // Exif 2.3, 4.6.4: tags of the camera.
    private const ushort MakeTag = 0x010f;
    private const ushort ModelTag = 0x0110;

    private Contents(string folder, IReadOnlyList<ContentFile> files)
    {
        Folder = folder;
        Files = files;
    }

    public string Folder { get; }

    public IReadOnlyList<ContentFile> Files { get; }

    /// <summary>Describes <paramref name="count"/> files below the folder; <see cref="Write"/> makes them.</summary>
    public static Contents Plan(string folder, int count, int seed)
    {
        var random = new Random(seed);
        var files = new List<ContentFile>();
        for (var i = 0; i < count; i++)
        {
            // One in ten is the copy of an earlier one.
            var copied = i % 10 == 9 ? files[random.Next(i)] : null;
            var (bytes, mediaType) = copied is null ? Make(i, random) : (copied.Bytes, copied.MediaType);
            files.Add(new ContentFile($"{Guid.NewGuid():D}", $"{i % 100:00}/file-{i}", bytes, mediaType));
        }

        return new Contents(folder, files);
    }

    public void Write(IEnumerable<ContentFile> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(Folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Whole when it appears: a retry may look for it at any moment.
            File.WriteAllBytes(path + ".part", file.Bytes);
            File.Move(path + ".part", path);
        }
    }

    /// <summary>A picture with a camera, and bytes of its own behind its end.</summary>
    private static byte[] Picture(int number) =>
        [
            .. ExifBytes.Jpeg(
                8, 8, [ExifBytes.Text(MakeTag, "Maker"), ExifBytes.Text(ModelTag, $"Model {number % 3}")], [], []),
            .. BitConverter.GetBytes(number),
        ];

    private static (byte[] Bytes, string MediaType) Make(int number, Random random) =>
        (number % 5) switch
        {
            0 => (Picture(number), "image/jpeg"),
            1 => (
                Encoding.UTF8.GetBytes(
                    $$"""{"number":{{number}},"text":"{{new string('x', random.Next(MaxTextChars))}}"}"""),
                "application/json"),
            2 => (
                Encoding.UTF8.GetBytes(
                    $"<html><body>{number} {new string('y', random.Next(MaxTextChars))}</body></html>"),
                "text/html"),
            _ => (Encoding.UTF8.GetBytes($"file {number}\n{new string('z', random.Next(MaxTextChars))}"), "text/plain"),
        };
}

/// <param name="Uuid">The item.</param>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="MediaType">As the metadata say.</param>
internal sealed record ContentFile(string Uuid, string Path, byte[] Bytes, string MediaType)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    public string Sha512 { get; } = Convert.ToHexStringLower(SHA512.HashData(Bytes));
}
