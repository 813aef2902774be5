namespace Tributary.Connectors.Scratch;

/// <summary>
/// Scratch files in a folder of this process. Each process has a folder of its own below the given one, with a locked
/// file beside it; at the start the folders whose lock is free, which a crash left, are deleted.
/// </summary>
public sealed class ScratchFolder : IScratch, IDisposable
{
    private const string Prefix = "scratch-";
    private const string LockEnd = ".lock";
    private const int BufferBytes = 64 << 10;

    private readonly string folder;
    private readonly FileStream heldLock;
    private readonly ScratchBudget budget;
    private long count;

    private ScratchFolder(string folder, FileStream heldLock, ScratchBudget budget)
    {
        this.folder = folder;
        this.heldLock = heldLock;
        this.budget = budget;
    }

    /// <summary>
    /// Makes the folder of this process below <paramref name="root"/>, and deletes what processes left there that are
    /// gone.
    /// </summary>
    /// <param name="unique">A name that no other process uses at the same time.</param>
    /// <param name="warn">Told of what cannot be deleted.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ScratchFolder Open(string root, string unique, Action<string> warn, ScratchOptions? options = null)
    {
        // Programs that are given these files run in other working folders, so that a relative path would lead
        // nowhere there.
        root = Path.GetFullPath(root);
        Directory.CreateDirectory(root);
        var own = Path.Combine(root, Prefix + unique);
        // First, because what a crash left may be what fills the disk.
        foreach (var other in Directory.EnumerateDirectories(root, Prefix + "*").Where(other => other != own).ToList())
            CleanLeft(other, warn);
        // Locked before there is a folder, so that processes that start together do not take each other's for a
        // leftover.
        var ownLock = new FileStream(own + LockEnd, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Directory.CreateDirectory(own);
        var drive = new DriveInfo(own);
        return new ScratchFolder(
            own,
            ownLock,
            new ScratchBudget(options ?? new ScratchOptions(), () => (drive.AvailableFreeSpace, drive.TotalSize)));
    }

    /// <summary>
    /// The folder itself: what is put there goes with the process, at the latest when the next one starts.
    /// </summary>
    public string Folder => folder;

    public IScratchFile Create(long? length = null)
    {
        var path = Path.Combine(folder, Interlocked.Increment(ref count).ToString("x"));
        var lease = new ScratchLease();
        if (length is > 0 and var known)
            budget.Give(lease, known, known);
        try
        {
            var file = new FileStream(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, BufferBytes,
                FileOptions.Asynchronous);
            return new ScratchFile(path, file, budget, lease);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            budget.TakeBack(lease);
            throw new ConnectorException(
                ConnectorFault.Unavailable,
                "scratch_unavailable",
                $"No file can be made in the scratch folder: {error.Message}",
                error);
        }
    }

    /// <summary>
    /// Room for a file that somebody else makes in <see cref="Folder"/>; given back when the result is disposed of.
    /// </summary>
    /// <exception cref="ConnectorException">As <see cref="Create"/>.</exception>
    public IDisposable Reserve(long bytes)
    {
        var lease = new ScratchLease();
        budget.Give(lease, bytes, bytes);
        return new Reserved(budget, lease);
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
            using var free = new FileStream(
                left + LockEnd, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
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

    private sealed class Reserved(ScratchBudget budget, ScratchLease lease) : IDisposable
    {
        public void Dispose() => budget.TakeBack(lease);
    }

    private sealed class ScratchFile(string path, FileStream file, ScratchBudget budget, ScratchLease lease)
        : IScratchFile
    {
        public string Path => path;

        public Stream Writer { get; } = new ScratchWriter(file, budget, lease);

        public Stream OpenRead() =>
            new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes,
                FileOptions.Asynchronous | FileOptions.SequentialScan);

        public void Dispose()
        {
            file.Dispose();
            // Without its folder it is gone already: the process is ending.
            if (File.Exists(path))
                File.Delete(path);
            // A reader that is still there holds the bytes a moment longer: the reserve is for that as well.
            budget.TakeBack(lease);
        }
    }
}
