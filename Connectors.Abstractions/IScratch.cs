namespace Tributary.Connectors;

/// <summary>
/// Disk room for content that is too large for memory. A file lives as long as it is
/// used, and no longer than the process.
/// </summary>
public interface IScratch
{
    /// <summary>Creates an empty file.</summary>
    /// <param name="length">
    /// The number of bytes that will be written, when known: the call reserves room for all of them or fails.
    /// </param>
    /// <exception cref="ConnectorException">
    /// There is no room now (<c>scratch_full</c>), there can never be enough (<c>scratch_too_small</c>), or the process
    /// may not write there (<c>scratch_unavailable</c>). Writing to the file may throw the same.
    /// </exception>
    IScratchFile Create(long? length = null);
}

/// <summary>
/// A file that is written once and then read, by many readers at once if need be. Disposal deletes
/// it; an open reader may go on reading.
/// </summary>
public interface IScratchFile : IDisposable
{
    /// <summary>The path, for programs that read the file.</summary>
    string Path { get; }

    /// <summary>The stream to write to; the writer closes it before anybody reads.</summary>
    Stream Writer { get; }

    /// <summary>Opens a stream of its own for the caller, at the beginning of the file.</summary>
    Stream OpenRead();
}
