namespace Tributary.Connectors.Scratch;

/// <summary>How much of a disk scratch files may take.</summary>
public sealed class ScratchOptions
{
    /// <summary>
    /// Bytes of all files together; what does not fit now is tried again, and what never can is parked. 8 GiB.
    /// </summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Bytes of the file system that stay free for others, such as the database beside it; treated as above. 512 MiB.
    /// </summary>
    public long ReserveBytes { get; init; } = 512L << 20;
}
