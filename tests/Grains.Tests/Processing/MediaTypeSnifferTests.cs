using System.IO.Compression;
using System.Text;
using Tributary.Messages;
using Tributary.Pipeline.Content;

namespace Tributary.Grains.Tests.Processing;

public sealed class MediaTypeSnifferTests
{
    [Theory]
    [InlineData("89504e470d0a1a0a0000000d", "image/png")]
    [InlineData("ffd8ffe000104a464946", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("49492a0008000000", "image/tiff")]
    [InlineData("524946460000000057454250", "image/webp")]
    [InlineData("524946460000000057415645", "audio/wav")]
    [InlineData("524946460000000041564920", "video/x-msvideo")]
    [InlineData("464f524d0000000041494646", "audio/aiff")]
    [InlineData("424d3600000000000000360000002800", null)]
    [InlineData("424d36000000000000003600000028000000", "image/bmp")]
    [InlineData("0000001866747970" + "69736f6d", "video/mp4")]
    [InlineData("0000001866747970" + "68656963", "image/heic")]
    [InlineData("0000001466747970" + "71742020", "video/quicktime")]
    [InlineData("0000001866747970" + "4d344120", "audio/mp4")]
    [InlineData("1a45dfa3a3428681014282847765626d", "video/webm")]
    [InlineData("1a45dfa3a3428681014282886d6174726f736b61", "video/x-matroska")]
    [InlineData("4944330400000000", "audio/mpeg")]
    [InlineData("fffb9064", "audio/mpeg")]
    [InlineData("fffe9064", "text/plain")]
    [InlineData("664c614300000022", "audio/flac")]
    [InlineData("255044462d312e34", "application/pdf")]
    [InlineData("7f454c4602010100", "application/x-elf")]
    [InlineData("d0cf11e0a1b11ae1", "application/x-ole-storage")]
    [InlineData("fd377a585a00", "application/x-xz")]
    [InlineData("28b52ffd", "application/zstd")]
    [InlineData("00010203", null)]
    [InlineData("", null)]
    [InlineData("c3", null)]
    public void Signatures_tell_formats(string hex, string? expected)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(expected ?? MediaTypes.Unknown, MediaTypeSniffer.Sniff(bytes, bytes.Length));
    }

    [Theory]
    [InlineData("{\"a\":1}", "application/json")]
    [InlineData(" [1,2]\n", "application/json")]
    [InlineData("{not json}", "text/plain")]
    [InlineData("[section]\nkey=value", "text/plain")]
    [InlineData("\ufeff{\"a\":1}", "application/json")]
    [InlineData("<?xml version=\"1.0\"?><root/>", "application/xml")]
    [InlineData("<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"/>", "image/svg+xml")]
    [InlineData("<svg/>", "image/svg+xml")]
    [InlineData("<!DOCTYPE html><p>", "text/html")]
    [InlineData("<p>some", "text/plain")]
    [InlineData("a,b,c\n1,2,3\n4,\"5,\n6\",7\n", "text/csv")]
    [InlineData("a;b\n1;2\n", "text/csv")]
    [InlineData("a\tb\n1\t2\n", "text/tab-separated-values")]
    [InlineData("a,b\n1,2,3\n", "text/plain")]
    [InlineData("Dear all, hello.\n", "text/plain")]
    [InlineData("Grüße, 😀", "text/plain")]
    [InlineData("BMW is a car maker with words", "text/plain")]
    [InlineData("BEGIN:VCARD\n", "text/vcard")]
    public void Texts_are_told_apart(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(expected, MediaTypeSniffer.Sniff(bytes, bytes.Length));
    }

    [Fact]
    public void A_head_that_ends_inside_a_text_is_a_text()
    {
        var json = Encoding.UTF8.GetBytes("{\"a\":\"é");
        Assert.Equal("application/json", MediaTypeSniffer.Sniff(json, 1_000));
        Assert.Equal("text/plain", MediaTypeSniffer.Sniff(Encoding.UTF8.GetBytes("Grüße é").AsSpan()[..^1], 1_000));
        Assert.Equal("text/csv", MediaTypeSniffer.Sniff("a,b\n1,2\n3"u8, 1_000));
    }

    [Theory]
    [InlineData("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("ppt/slides/1.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation")]
    [InlineData("META-INF/MANIFEST.MF", "application/java-archive")]
    [InlineData("other.txt", "application/zip")]
    public void Zip_files_are_told_by_their_entries(string entry, string expected)
    {
        var zip = Zip(("[Content_Types].xml", "<Types>word/ in a text</Types>"), (entry, "x"));
        Assert.Equal(expected, MediaTypeSniffer.Sniff(zip, zip.Length));
    }

    [Fact]
    public void Open_documents_say_what_they_are()
    {
        var zip = Zip(("mimetype", "application/epub+zip"), ("content.opf", "x"));
        Assert.Equal("application/epub+zip", MediaTypeSniffer.Sniff(zip, zip.Length));
    }

    [Fact]
    public void Packed_content_is_known()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write("hello"u8);
        Assert.Equal("application/gzip", MediaTypeSniffer.Sniff(packed.ToArray(), packed.Length));

        var tar = new byte[1_024];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        Assert.Equal("application/x-tar", MediaTypeSniffer.Sniff(tar, tar.Length));
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        const int Seed = 20_260_101;
        var random = new Random(Seed);
        string[] starts =
        [
            "PK\u0003\u0004",
            "RIFF",
            "FORM",
            "BM",
            "{",
            "<",
            "\u001aE\u00df\u00a3",
            "a,b\n",
            "\u00ff\u00fb",
            "xxxxftyp",
        ];
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            var start = Encoding.Latin1.GetBytes(starts[i % starts.Length]);
            start.AsSpan(0, Math.Min(start.Length, bytes.Length)).CopyTo(bytes);
            var told = MediaTypeSniffer.Sniff(bytes, i % 2 == 0 ? bytes.Length : 10_000);
            Assert.Equal(told == MediaTypes.Unknown ? null : told, MediaTypeNames.Normalize(told));
        }
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }
}
