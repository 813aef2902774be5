namespace Tributary.Connectors.Scratch;

/// <summary>Writes to a scratch file within the budget.</summary>
internal sealed class ScratchWriter(Stream file, ScratchBudget budget, ScratchLease lease) : Stream
{
    // A growing file asks for this much at once, so that many writes need one look at the file system.
    private const long StepBytes = 1 << 20;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Take(buffer.Length);
        await file.WriteAsync(buffer, cancellationToken);
        budget.Wrote(lease, buffer.Length);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Take(buffer.Length);
        file.Write(buffer);
        budget.Wrote(lease, buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => file.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => file.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private void Take(int count)
    {
        var need = lease.WrittenBytes + count - lease.GivenBytes;
        if (need > 0)
            budget.Give(lease, need, StepBytes);
    }
}
