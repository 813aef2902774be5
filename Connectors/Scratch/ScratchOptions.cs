namespace Tributary.Connectors.Scratch;

/// <summary>The limits on the disk space of scratch files.</summary>
public sealed class ScratchOptions
{
    /// <summary>
    /// Most bytes of all files together: 8 GiB. Content that does not fit now is retried;
    /// content that can never fit is parked.
    /// </summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Bytes of the file system that stay free for others, such as a database beside it: 512
    /// MiB. Handled like the limit above.
    /// </summary>
    public long ReserveBytes { get; init; } = 512L << 20;
}
