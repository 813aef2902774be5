namespace Tributary.Connectors;

/// <summary>
/// Scratch files in a folder of this process. Each process has a folder of its own below the given one, with a locked file beside it; at the
/// start the folders whose lock is free, which a crash left, are deleted.
/// </summary>
public sealed class ScratchFolder : IScratch, IDisposable
{
    private const string Prefix = "scratch-";
    private const string LockEnd = ".lock";
    private const int BufferBytes = 64 << 10;

    private readonly string folder;
    private readonly FileStream heldLock;
    private long count;

    private ScratchFolder(string folder, FileStream heldLock)
    {
        this.folder = folder;
        this.heldLock = heldLock;
    }

    /// <summary>Makes the folder of this process below <paramref name="root"/>, and deletes what processes left there that are gone.</summary>
    /// <param name="unique">A name that no other process uses at the same time.</param>
    /// <param name="warn">Told of what cannot be deleted.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ScratchFolder Open(string root, string unique, Action<string> warn)
    {
        // Programs that are given these files run in other working folders, so that a relative path would lead
        // nowhere there.
        root = Path.GetFullPath(root);
        Directory.CreateDirectory(root);
        var own = Path.Combine(root, Prefix + unique);
        // Locked before there is a folder, so that processes that start together do not take each other's for a leftover.
        var ownLock = new FileStream(own + LockEnd, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Directory.CreateDirectory(own);
        foreach (var other in Directory.EnumerateDirectories(root, Prefix + "*").Where(other => other != own).ToList())
            CleanLeft(other, warn);
        return new ScratchFolder(own, ownLock);
    }

    /// <summary>The folder itself: what is put there goes with the process, at the latest when the next one starts.</summary>
    public string Folder => folder;

    public IScratchFile Create()
    {
        var path = Path.Combine(folder, Interlocked.Increment(ref count).ToString("x"));
        try
        {
            return new ScratchFile(path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConnectorException(ConnectorFault.Unavailable, "scratch_unavailable", $"No file can be made in the scratch folder: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        // Who still reads a file goes on: it is gone when the last reader closes it.
        Delete(folder, static _ => { });
        heldLock.Dispose();
        File.Delete(folder + LockEnd);
    }

    private static void CleanLeft(string left, Action<string> warn)
    {
        try
        {
            using var free = new FileStream(left + LockEnd, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Delete(left, warn);
            File.Delete(left + LockEnd);
        }
        catch (IOException)
        {
            // The lock is held: another process works there.
        }
        catch (UnauthorizedAccessException error)
        {
            warn($"the scratch folder '{left}' cannot be looked at: {error.Message}");
        }
    }

    private static void Delete(string left, Action<string> warn)
    {
        try
        {
            Directory.Delete(left, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"the scratch folder '{left}' cannot be deleted: {error.Message}");
        }
    }

    private sealed class ScratchFile(string path, FileStream writer) : IScratchFile
    {
        public string Path => path;

        public Stream Writer => writer;

        public Stream OpenRead() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

        public void Dispose()
        {
            writer.Dispose();
            // Without its folder it is gone already: the process is ending.
            if (File.Exists(path))
                File.Delete(path);
        }
    }
}
