using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Metadata;

/// <summary>Bounds metadata, which is held in memory as a whole.</summary>
internal static class MetadataLimits
{
    private const int DefaultMaxBytes = 1 << 20;

    /// <summary>Reads the key <c>max_bytes</c>; larger metadata is refused.</summary>
    public static int ReadMaxBytes(ConfigSection section) =>
        (int)(section["max_bytes"].Whole(1024, 64 << 20, "bytes") ?? DefaultMaxBytes);

    public static ConnectorException TooLarge(Faults faults, string location, string found, int maxBytes) =>
        faults.Unusable(location, found, $"at most {maxBytes} bytes");
}
