namespace Tributary.Connectors;

/// <summary>
/// Room for content that is too large for memory: files that live as long as they are used, and not beyond the process.
/// </summary>
public interface IScratch
{
    /// <summary>A new, empty file.</summary>
    /// <param name="length">
    /// How many bytes will be written, when that is known: then there is room for all of them, or none is made.
    /// </param>
    /// <exception cref="ConnectorException">
    /// There is no room now (<c>scratch_full</c>), there can never be (<c>scratch_too_small</c>), or there is no right
    /// to write (<c>scratch_unavailable</c>). Writing to it may throw the same.
    /// </exception>
    IScratchFile Create(long? length = null);
}

/// <summary>
/// A file that is written once and then read, also by many at once. Disposing of it deletes it; who still reads may go
/// on.
/// </summary>
public interface IScratchFile : IDisposable
{
    /// <summary>Where it lies, for programs that read it.</summary>
    string Path { get; }

    /// <summary>The stream to write to; closed by the writer before anybody reads.</summary>
    Stream Writer { get; }

    /// <summary>A reading of its own, from the beginning.</summary>
    Stream OpenRead();
}
