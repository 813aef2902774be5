using System.Buffers.Binary;

namespace Tributary.Pipeline.Content;

/// <summary>Formats that share a container; the container's entries tell them apart.</summary>
internal static class Containers
{
    // Entries of a zip file that tell an office document's or program's format; tried in this order.
    private static readonly (byte[] Name, string MediaType)[] ZipEntries =
    [
        ("word/"u8.ToArray(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xl/"u8.ToArray(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ppt/"u8.ToArray(), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("AndroidManifest.xml"u8.ToArray(), "application/vnd.android.package-archive"),
        ("META-INF/MANIFEST.MF"u8.ToArray(), "application/java-archive"),
    ];

    private static readonly (string Brand, string MediaType)[] Brands =
    [
        ("avif", "image/avif"),
        ("avis", "image/avif"),
        ("heic", "image/heic"),
        ("heix", "image/heic"),
        ("mif1", "image/heif"),
        ("crx ", "image/x-canon-cr3"),
        ("qt  ", "video/quicktime"),
        ("M4A ", "audio/mp4"),
        ("M4B ", "audio/mp4"),
        ("M4V ", "video/mp4"),
        ("3gp", "video/3gpp"),
        ("3g2", "video/3gpp2"),
    ];

    /// <summary>Null when the content is none of these containers.</summary>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8))
            return Zip(head);
        if (head.Length >= 12 && head.StartsWith("RIFF"u8))
            return Riff(head.Slice(8, 4));
        if (head.Length >= 12 && head.StartsWith("FORM"u8) && head[8..].StartsWith("AIF"u8))
            return "audio/aiff";
        if (head.Length >= 12 && head[4..].StartsWith("ftyp"u8))
            return IsoMedia(head.Slice(8, 4));
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/x-matroska";
        if (IsBitmap(head))
            return "image/bmp";
        if (head.Length >= 2 && head.StartsWith("MZ"u8) && head.Length >= 64)
            return "application/vnd.microsoft.portable-executable";
        return IsMpegAudio(head) ? "audio/mpeg" : null;
    }

    // The first entry's name begins at byte 30. OpenDocument and EPUB put their media type there, stored as it is.
    private static string Zip(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> mimetype = "mimetype"u8;
        if (head.Length > 38 && head[30..].StartsWith(mimetype))
        {
            var extra = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head[18..]);
            var start = 38 + extra;
            if (length is > 0 and < 128 && head.Length >= start + length)
            {
                var declared = System.Text.Encoding.Latin1.GetString(head.Slice(start, (int)length));
                if (MediaTypeNames.Normalize(declared) is { } type
                    && type.StartsWith("application/", StringComparison.Ordinal))
                    return type;
            }
        }

        foreach (var (name, mediaType) in ZipEntries)
        {
            if (HasEntry(head, name))
                return mediaType;
        }

        return "application/zip";
    }

    // Only names of entries count: a text inside an entry may mention such a name.
    private static bool HasEntry(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> mark = "PK\u0003\u0004"u8;
        for (var at = 0; at >= 0 && at + 30 < head.Length;)
        {
            if (head[(at + 30)..].StartsWith(name))
                return true;
            var next = head[(at + 4)..].IndexOf(mark);
            at = next < 0 ? -1 : at + 4 + next;
        }

        return false;
    }

    private static string? Riff(ReadOnlySpan<byte> form) =>
        form.SequenceEqual("WAVE"u8) ? "audio/wav"
        : form.SequenceEqual("WEBP"u8) ? "image/webp"
        : form.SequenceEqual("AVI "u8) ? "video/x-msvideo"
        : null;

    private static string IsoMedia(ReadOnlySpan<byte> brand)
    {
        var name = System.Text.Encoding.Latin1.GetString(brand);
        foreach (var (known, mediaType) in Brands)
        {
            if (name.StartsWith(known, StringComparison.Ordinal))
                return mediaType;
        }

        return "video/mp4";
    }

    // "BM" alone is two letters of many texts: the size of one of the known headers stands at byte 14.
    private static bool IsBitmap(ReadOnlySpan<byte> head) =>
        head.Length >= 18
        && head.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    // A frame of MPEG audio, layer III or II, with a bit rate and a sample rate that exist.
    private static bool IsMpegAudio(ReadOnlySpan<byte> head) =>
        head.Length >= 4
        && head[0] == 0xFF
        && (head[1] & 0xE0) == 0xE0
        && (head[1] & 0x18) != 0x08
        && (head[1] & 0x06) is 0x02 or 0x04
        && (head[2] & 0xF0) is not 0xF0 and not 0
        && (head[2] & 0x0C) != 0x0C;
}
