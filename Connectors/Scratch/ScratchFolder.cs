namespace Tributary.Connectors.Scratch;

/// <summary>
/// Scratch files in a folder of this process. Each process has its own folder below the root, with a locked file beside
/// it. A starting process deletes the folders whose lock is free: a crash left them.
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
    /// Creates the folder of this process below <paramref name="root"/> and deletes the
    /// folders of processes that are gone.
    /// </summary>
    /// <param name="unique">A name that no other process uses at the same time.</param>
    /// <param name="warn">Hears of folders that cannot be deleted.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public static ScratchFolder Open(string root, string unique, Action<string> warn, ScratchOptions? options = null)
    {
        // Programs that read these files run in other working folders, where a relative path would lead nowhere.
        root = Path.GetFullPath(root);
        Directory.CreateDirectory(root);
        var own = Path.Combine(root, Prefix + unique);
        // Old folders go first, because they may be what fills the disk.
        foreach (var other in Directory.EnumerateDirectories(root, Prefix + "*").Where(other => other != own).ToList())
            CleanLeft(other, warn);
        // The lock exists before the folder, so that processes that start together do not delete each other's folder.
        var ownLock = new FileStream(own + LockEnd, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Directory.CreateDirectory(own);
        var drive = new DriveInfo(own);
        return new ScratchFolder(
            own,
            ownLock,
            new ScratchBudget(options ?? new ScratchOptions(), () => (drive.AvailableFreeSpace, drive.TotalSize)));
    }

    /// <summary>
    /// The folder itself: files in it go with the process, at the latest when the next process starts.
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
    /// Reserves room for a file that other code writes in <see cref="Folder"/>; disposal
    /// of the result gives the room back.
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
        // An open reader can go on: the system deletes a file when its last reader closes it.
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
            // The lock is held: another process uses the folder.
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
            // When the folder is gone, so is the file: the process is ending.
            if (File.Exists(path))
                File.Delete(path);
            // A remaining reader holds the bytes a moment longer: the reserve covers that too.
            budget.TakeBack(lease);
        }
    }
}
