namespace Tributary.Connectors.Scratch;

/// <summary>
/// Gives out the room of the scratch folder within two bounds: a limit for all files together, and a reserve of the
/// file system that stays free. A file gets room before it writes, so that files that grow at once do not count on the
/// same bytes. Callable from many threads.
/// </summary>
/// <param name="look">Returns the free and the total bytes of the file system.</param>
internal sealed class ScratchBudget(ScratchOptions options, Func<(long FreeBytes, long TotalBytes)> look)
{
    private readonly Lock gate = new();
    private long given;
    private long unwritten;

    /// <summary>The number of bytes given out.</summary>
    public long GivenBytes
    {
        get
        {
            lock (gate)
                return given;
        }
    }

    /// <summary>
    /// Gives a file at least <paramref name="need"/> bytes more, and up to <paramref name="wish"/> while there is room.
    /// </summary>
    /// <exception cref="ConnectorException">
    /// <c>scratch_full</c>: other files have the room now. <c>scratch_too_small</c>: waiting does not help.
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

    /// <summary>Takes back the room of a deleted file. A second call does nothing.</summary>
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

/// <summary>One file's share of the budget.</summary>
internal sealed class ScratchLease
{
    public long GivenBytes { get; set; }

    public long WrittenBytes { get; set; }
}
