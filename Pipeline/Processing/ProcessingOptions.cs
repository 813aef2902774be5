namespace Tributary.Pipeline.Processing;

/// <summary>Limits of fetching content and running plugins.</summary>
public sealed class ProcessingOptions
{
    /// <summary>The largest content, in bytes; a larger one is parked (<c>content_too_large</c>). 4 GiB.</summary>
    public long MaxContentBytes { get; set; } = 4L << 30;

    /// <summary>
    /// Content of at most so many bytes stays in memory; larger content goes to a scratch file. 64 KiB.
    /// </summary>
    public int MaxMemoryBytes { get; set; } = 64 << 10;

    /// <summary>The largest metadata, in bytes; larger ones are parked (<c>metadata_too_large</c>). 1 MiB.</summary>
    public int MaxMetadataBytes { get; set; } = 1 << 20;

    /// <summary>Messages that are fetched and run at once; further ones wait.</summary>
    public int MaxRunningCount { get; set; } = 32;
}
