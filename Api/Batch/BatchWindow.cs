using System.Threading.Channels;
using Tributary.Items;

namespace Tributary.Api.Batch;

/// <summary>A line on its way: its receipt to come, or why there will be none.</summary>
internal readonly record struct PendingLine(long Number, int Bytes, ValueTask<Receipt> Receipt, Exception? Error);

/// <summary>
/// The lines of one batch that are on their way, in order: bounded by count and bytes. One adds, one takes.
/// </summary>
internal sealed class BatchWindow(ApiOptions options)
{
    private readonly Channel<PendingLine> lines = Channel.CreateBounded<PendingLine>(
        new BoundedChannelOptions(options.BatchWindowCount) { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim released = new(0);
    private long bytes;

    public ChannelReader<PendingLine> Lines => lines.Reader;

    /// <summary>Waits until one more line of this size may be on its way.</summary>
    public async ValueTask WaitForRoomAsync(int lineBytes, CancellationToken cancellation)
    {
        // A line larger than the window passes alone.
        while (Volatile.Read(ref bytes) is > 0 and var held && held + lineBytes > options.BatchWindowBytes)
            await released.WaitAsync(cancellation);
        if (!await lines.Writer.WaitToWriteAsync(cancellation))
            throw new InvalidOperationException("A line was read after the batch's end.");
    }

    /// <summary>Adds a line that there is room for.</summary>
    public void Add(PendingLine line)
    {
        Interlocked.Add(ref bytes, line.Bytes);
        if (!lines.Writer.TryWrite(line))
            throw new InvalidOperationException("A line was added without room.");
    }

    /// <summary>The line's result is known.</summary>
    public void Release(in PendingLine line)
    {
        Interlocked.Add(ref bytes, -line.Bytes);
        if (released.CurrentCount == 0)
            released.Release();
    }

    public void Complete() => lines.Writer.Complete();
}
