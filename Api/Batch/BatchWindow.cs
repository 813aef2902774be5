using System.Threading.Channels;
using Tributary.Items;

namespace Tributary.Api.Batch;

/// <summary>A line under way: its pending receipt, or the error that refused it.</summary>
internal readonly record struct PendingLine(long Number, int Bytes, ValueTask<Receipt> Receipt, Exception? Error);

/// <summary>
/// The lines of one batch under way, in order, bounded by count and bytes. One task adds, another takes.
/// </summary>
internal sealed class BatchWindow(ApiOptions options)
{
    private readonly Channel<PendingLine> lines = Channel.CreateBounded<PendingLine>(
        new BoundedChannelOptions(options.BatchWindowCount) { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim released = new(0);
    private long bytes;

    public ChannelReader<PendingLine> Lines => lines.Reader;

    /// <summary>Waits until the window has room for a line of this size.</summary>
    public async ValueTask WaitForRoomAsync(int lineBytes, CancellationToken cancellation)
    {
        // A line larger than the window enters an empty window.
        while (Volatile.Read(ref bytes) is > 0 and var held && held + lineBytes > options.BatchWindowBytes)
            await released.WaitAsync(cancellation);
        if (!await lines.Writer.WaitToWriteAsync(cancellation))
            throw new InvalidOperationException("A line was read after the batch's end.");
    }

    /// <summary>Adds a line for which the caller waited.</summary>
    public void Add(PendingLine line)
    {
        Interlocked.Add(ref bytes, line.Bytes);
        if (!lines.Writer.TryWrite(line))
            throw new InvalidOperationException("A line was added without room.");
    }

    /// <summary>Gives the room of a finished line back.</summary>
    public void Release(in PendingLine line)
    {
        Interlocked.Add(ref bytes, -line.Bytes);
        if (released.CurrentCount == 0)
            released.Release();
    }

    public void Complete() => lines.Writer.Complete();
}
