namespace Tributary.Pipeline.Content;

/// <summary>
/// Bytes at a place by which formats are known, in the order in which they are tried: the longer and rarer ones first.
/// </summary>
internal static class Signatures
{
    private static readonly Signature[] All =
    [
        // Images
        new(0, "\u0089PNG\r\n\u001a\n", "image/png"),
        new(0, "\u00ff\u00d8\u00ff", "image/jpeg"),
        new(0, "GIF87a", "image/gif"),
        new(0, "GIF89a", "image/gif"),
        new(0, "II*\0\u0010\0\0\0CR", "image/x-canon-cr2"),
        new(0, "II*\0", "image/tiff"),
        new(0, "MM\0*", "image/tiff"),
        new(0, "8BPS", "image/vnd.adobe.photoshop"),
        new(0, "\0\0\u0001\0", "image/vnd.microsoft.icon"),
        new(0, "\0\0\0\u000cjP  \r\n\u0087\n", "image/jp2"),
        new(0, "\u00ff\u000a", "image/jxl"),
        new(0, "\0\0\0\u000cJXL \r\n\u0087\n", "image/jxl"),
        new(0, "gimp xcf ", "image/x-xcf"),
        new(0, "II\u00bc\u0001", "image/vnd.ms-photo"),

        // Documents
        new(0, "%PDF-", "application/pdf"),
        new(0, "%!PS", "application/postscript"),
        new(0, "{\\rtf", "application/rtf"),
        new(0, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", "application/x-ole-storage"),
        new(0, "SQLite format 3\0", "application/vnd.sqlite3"),
        new(0, "!BDN", "application/vnd.ms-outlook"),

        // Archives and what is packed
        new(0, "\u001f\u008b\u0008", "application/gzip"),
        new(0, "BZh", "application/x-bzip2"),
        new(0, "\u00fd7zXZ\0", "application/x-xz"),
        new(0, "7z\u00bc\u00af\u0027\u001c", "application/x-7z-compressed"),
        new(0, "Rar!\u001a\u0007", "application/vnd.rar"),
        new(0, "\u0028\u00b5\u002f\u00fd", "application/zstd"),
        new(0, "\u0004\u0022\u004d\u0018", "application/x-lz4"),
        new(257, "ustar", "application/x-tar"),
        new(0, "!<arch>\ndebian", "application/vnd.debian.binary-package"),
        new(0, "MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
        new(32769, "CD001", "application/x-iso9660-image"),

        // Sound
        new(0, "ID3", "audio/mpeg"),
        new(0, "fLaC", "audio/flac"),
        new(28, "OpusHead", "audio/opus"),
        new(28, "\u0001vorbis", "audio/ogg"),
        new(0, "OggS", "application/ogg"),
        new(0, "MThd", "audio/midi"),
        new(0, "#!AMR", "audio/amr"),

        // Moving pictures
        new(0, "\u0030\u0026\u00b2\u0075\u008e\u0066\u00cf\u0011", "video/x-ms-asf"),
        new(0, "FLV\u0001", "video/x-flv"),
        new(0, "\0\0\u0001\u00ba", "video/mpeg"),
        new(0, "\0\0\u0001\u00b3", "video/mpeg"),

        // Fonts, programs, data
        new(0, "wOFF", "font/woff"),
        new(0, "wOF2", "font/woff2"),
        new(0, "OTTO\0", "font/otf"),
        new(0, "\0\u0001\0\0\0", "font/ttf"),
        new(0, "\u007fELF", "application/x-elf"),
        new(0, "\0asm", "application/wasm"),
        new(0, "\u00ca\u00fe\u00ba\u00be", "application/java-vm"),
        new(0, "PAR1", "application/vnd.apache.parquet"),
        new(0, "Obj\u0001", "application/vnd.apache.avro"),
        new(0, "\u0089HDF\r\n\u001a\n", "application/x-hdf5"),
        new(0, "CDF\u0001", "application/x-netcdf"),
        new(0, "\u00d4\u00c3\u00b2\u00a1", "application/vnd.tcpdump.pcap"),
        new(0, "\n\r\r\n", "application/x-pcapng"),
    ];

    /// <summary>Null when no signature fits.</summary>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        foreach (var signature in All)
        {
            if (signature.Fits(head))
                return signature.MediaType;
        }

        return null;
    }

    private sealed class Signature(int offset, string latin1, string mediaType)
    {
        private readonly byte[] bytes = [.. latin1.Select(character => (byte)character)];

        public string MediaType { get; } = mediaType;

        public bool Fits(ReadOnlySpan<byte> head) =>
            head.Length >= offset + bytes.Length && head[offset..].StartsWith(bytes);
    }
}
