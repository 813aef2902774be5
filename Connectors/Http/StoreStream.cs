namespace Tributary.Connectors.Http;

/// <summary>
/// A body on its way from a store: read once, forwards. A body that stalls, breaks off or differs from its announced
/// length causes a <see cref="ConnectorException"/>; it never looks like a complete short body.
/// </summary>
internal sealed class StoreStream : Stream
{
    private readonly Stream inner;
    private readonly IDisposable? owner;
    private readonly long? expected;
    private readonly string location;
    private readonly Faults faults;
    private readonly StoreLimits limits;
    private readonly TimeProvider time;
    private readonly long started;
    private readonly CancellationTokenSource stall;
    private long readBytes;

    /// <param name="owner">Disposed after the stream.</param>
    /// <param name="expected">The announced length in bytes, if there is one.</param>
    public StoreStream(
        Stream inner, IDisposable? owner, long? expected, string location, Faults faults, StoreLimits limits,
        TimeProvider time)
    {
        (this.inner, this.owner, this.expected, this.location, this.faults, this.limits, this.time) = (
            inner, owner, expected, location, faults, limits, time);
        started = time.GetTimestamp();
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = limits.Total - time.GetElapsedTime(started);
        if (left <= TimeSpan.Zero)
            throw faults.Unavailable(location, $"it took longer than {limits.Total.TotalSeconds:0} s");

        // One token source for the life of the stream: the caller's token and the timer both end a read through it.
        using var registration = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), stall);
        stall.CancelAfter(left < limits.Idle ? left : limits.Idle);
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, stall.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (Connectors.Faults.AreOf(error))
        {
            throw faults.OfException(location, error);
        }

        stall.CancelAfter(Timeout.InfiniteTimeSpan);
        readBytes += count;
        if (expected is { } length && (readBytes > length || (count == 0 && buffer.Length > 0 && readBytes < length)))
            throw faults.Unavailable(
                location, $"{readBytes} bytes came instead of {length}: it broke off or changed while it was read");
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            owner?.Dispose();
            stall.Dispose();
        }

        base.Dispose(disposing);
    }
}
