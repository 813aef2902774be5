namespace Tributary.Connectors.Scratch;

/// <summary>
/// Gives out the room of the scratch folder: a limit over all files, and a reserve of the file system that they never
/// take. Room is given before it is written to, so that files that grow at once do not count on the same bytes.
/// Callable from many threads.
/// </summary>
/// <param name="look">The bytes of the file system that are free, and all it has.</param>
internal sealed class ScratchBudget(ScratchOptions options, Func<(long FreeBytes, long TotalBytes)> look)
{
    private readonly Lock gate = new();
    private long given;
    private long unwritten;

    /// <summary>Bytes that are given out.</summary>
    public long GivenBytes
    {
        get
        {
            lock (gate)
                return given;
        }
    }

    /// <summary>
    /// Gives a file <paramref name="need"/> bytes more, or as many as it wishes when there are so many.
    /// </summary>
    /// <exception cref="ConnectorException">
    /// <c>scratch_full</c>: others have the room now; <c>scratch_too_small</c>: no time will help.
    /// </exception>
    public void Give(ScratchLease lease, long need, long wish)
    {
        var (free, total) = look();
        lock (gate)
        {
            var most = Math.Min(options.MaxBytes, total - options.ReserveBytes);
            if (lease.GivenBytes + need > most)
                throw TooSmall(lease.GivenBytes + need, most, total);
            var left = Math.Min(options.MaxBytes - given, free - unwritten - options.ReserveBytes);
            if (left < need)
                throw Full(need, Math.Max(left, 0));
            var more = Math.Max(need, Math.Min(wish, left));
            lease.GivenBytes += more;
            given += more;
            unwritten += more;
        }
    }

    public void Wrote(ScratchLease lease, long bytes)
    {
        lock (gate)
        {
            lease.WrittenBytes += bytes;
            unwritten -= bytes;
        }
    }

    /// <summary>The file is gone. Again it does nothing.</summary>
    public void TakeBack(ScratchLease lease)
    {
        lock (gate)
        {
            given -= lease.GivenBytes;
            unwritten -= lease.GivenBytes - lease.WrittenBytes;
            lease.GivenBytes = lease.WrittenBytes = 0;
        }
    }

    private ConnectorException TooSmall(long bytes, long most, long total) => new(
        ConnectorFault.Refused, "scratch_too_small",
        $"The content has {bytes} bytes or more, and the scratch folder never holds more than {Math.Max(most, 0)}; "
        + $"allowed: as many as processing.scratch_bytes ({options.MaxBytes}), "
        + $"and as the file system ({total}) without processing.scratch_reserve_bytes ({options.ReserveBytes}).");

    private ConnectorException Full(long need, long left) => new(
        ConnectorFault.Unavailable, "scratch_full",
        $"The content needs {need} bytes of the scratch folder, and {left} are left of processing.scratch_bytes "
        + $"({options.MaxBytes}) "
        + $"and of the file system without processing.scratch_reserve_bytes ({options.ReserveBytes}).");
}

/// <summary>What one file has of the budget.</summary>
internal sealed class ScratchLease
{
    public long GivenBytes { get; set; }

    public long WrittenBytes { get; set; }
}
