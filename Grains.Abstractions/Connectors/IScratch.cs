namespace Tributary.Connectors;

/// <summary>Room for content that is too large for memory: files that live as long as they are used, and not beyond the process.</summary>
public interface IScratch
{
    /// <summary>A new, empty file.</summary>
    /// <exception cref="ConnectorException">There is no room, or no right to write.</exception>
    IScratchFile Create();
}

/// <summary>A file that is written once and then read, also by many at once. Disposing of it deletes it; who still reads may go on.</summary>
public interface IScratchFile : IDisposable
{
    /// <summary>Where it lies, for programs that read it.</summary>
    string Path { get; }

    /// <summary>The stream to write to; closed by the writer before anybody reads.</summary>
    Stream Writer { get; }

    /// <summary>A reading of its own, from the beginning.</summary>
    Stream OpenRead();
}
